import type { Stream } from './catalog.js'
import { problemText, SourceError } from './errors.js'
import type { Message, RecordLines } from './messages.js'
import type { State } from './state.js'
import type { Context, Tap } from './tap.js'

export interface Sample {
  readonly streams: readonly Stream[]
  readonly state: State
  /** A record per stream, or none. */
  readonly mode: 'all' | 'schema'
}

/** Each stream by itself, up to its first record. Without STATEs: nothing is moved on by a test. */
export async function* sampled<Config>(
  tap: Tap<Config>,
  config: Config,
  { streams, state, mode }: Sample,
  context: Context,
): AsyncGenerator<Message | RecordLines> {
  const problems: string[] = []
  for (const stream of streams) {
    try {
      yield* upToFirst(mode, tap.sync(config, [stream], state, context))
    } catch (problem) {
      problems.push(problemText(problem))
    }
    if (context.signal.aborted) return
  }
  if (problems.length > 0) throw new SourceError(problems.join('\n'))
}

async function* upToFirst(
  mode: Sample['mode'],
  messages: AsyncIterable<Message | RecordLines>,
): AsyncGenerator<Message | RecordLines> {
  for await (const message of messages) {
    if (message.type === 'SCHEMA') {
      yield message
      if (mode === 'schema') return
    } else if (message.type === 'RECORD') {
      yield message
      return
    } else if (message.type === 'RECORD_LINES' && message.count > 0) {
      yield { ...message, lines: message.lines.subarray(0, message.lines.indexOf(0x0a) + 1), count: 1 }
      return
    }
  }
}
