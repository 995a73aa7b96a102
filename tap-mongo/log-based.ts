import type { Message, RecordLines, State } from '../singer/index.js'
import type { RecordWriter } from './record-writer.js'
import type { Common, Source } from './source.js'

/** A stream to follow. `open` fails for a collection that is gone: within the stream, so that the others go on. */
export interface Followed {
  readonly id: string
  open(): Promise<{ readonly source: Source; readonly writer: RecordWriter }>
}

/**
 * All LOG_BASED streams of a run: token first, then the copies, then what changed. A failing stream is reported and the
 * others go on; in the end one SourceError names all that failed. Each STATE that it yields is complete.
 */
export async function* syncLogBased(
  _streams: readonly Followed[],
  _state: State,
  _common: Common,
): AsyncGenerator<Message | RecordLines> {
  throw new Error('contract')
}
