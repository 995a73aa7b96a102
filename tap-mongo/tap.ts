import {
  ConfigError,
  type Context,
  type Message,
  type RecordLines,
  SourceError,
  type State,
  type Stream,
  type Tap,
} from '../singer/index.js'
import { syncEach } from '../singer/streams.js'
import { type Config, settings } from './config.js'
import type { Opened } from './open-stream.js'
import { type Pace, usualPace } from './pace.js'
import { reportRecords } from './records/report.js'
import type { Common } from './source.js'

export const tap = mongoTap(usualPace)

export function mongoTap(pace: Pace): Tap<Config> {
  return {
    name: 'tap-mongo',
    description: 'Reads collections of MongoDB: whole ones, what has changed by a key, or every change from the log.',
    capabilities: [
      'about',
      'activate-version',
      'catalog',
      'discover',
      'log-based',
      'state',
      'structured-logging',
      'test',
    ],
    settings,
    hasOpenSchemas: true,
    async discover(given, context, patterns) {
      const { discoverCatalog } = await import('./discover.js')
      const common = await open(given, context, pace)
      try {
        return await discoverCatalog(common, patterns)
      } finally {
        await common.deployment.close()
      }
    },
    async *sync(given, streams, state, context) {
      assertSupported(streams)
      const common = await open(given, context, pace)
      try {
        yield* syncAll(common, streams, state)
      } finally {
        await common.deployment.close()
      }
    },
  }
}

async function open(given: Config, context: Context, pace: Pace): Promise<Common> {
  const { resolvedConfig } = await import('./settings/resolved-config.js')
  const { connect } = await import('./connection.js')
  const config = resolvedConfig(given)
  return { deployment: await connect(config, context), config, context, pace }
}

/** The logs come last: they are followed up to this moment, however long the other streams take. */
async function* syncAll(
  common: Common,
  streams: readonly Stream[],
  state: State,
): AsyncGenerator<Message | RecordLines> {
  const { openerOf } = await import('./open-stream.js')
  const { syncLogBased } = await import('./log-based.js')
  const open = openerOf(common)
  const followed = streams.filter(isFollowed)
  const others = streams.filter((stream) => !isFollowed(stream))
  const read = (before: State) =>
    syncEach(others, before, common.context, (stream, from) => syncStream(() => open(stream), from))
  const follow = (before: State) =>
    syncLogBased(
      followed.map((stream) => ({ id: stream.id, open: () => open(stream) })),
      before,
      common,
    )
  yield* inTurn([...(others.length > 0 ? [read] : []), ...(followed.length > 0 ? [follow] : [])], state)
}

type Work = (state: State) => AsyncIterable<Message | RecordLines>

/** Each from the last state of the one before, whether that failed or not. */
async function* inTurn(works: readonly Work[], given: State): AsyncGenerator<Message | RecordLines> {
  const problems: SourceError[] = []
  let state = given
  for (const work of works) {
    try {
      for await (const message of work(state)) {
        if (message.type === 'STATE') state = message.value
        yield message
      }
    } catch (problem) {
      if (!(problem instanceof SourceError)) throw problem
      problems.push(problem)
    }
  }
  const [first, ...more] = problems
  if (first) throw more.length === 0 ? first : new SourceError(problems.map(({ message }) => message).join('\n'))
}

async function* syncStream(open: () => Promise<Opened>, state: State): AsyncGenerator<Message | RecordLines> {
  const { syncFullTable } = await import('./full-table.js')
  const { syncIncremental } = await import('./incremental.js')
  const { source, writer } = await open()
  yield writer.schema()
  yield* methodOf(source.stream) === 'INCREMENTAL'
    ? syncIncremental(source, writer, state)
    : syncFullTable(source, writer, state)
  reportRecords(source, writer)
}

function isFollowed(stream: Stream): boolean {
  return methodOf(stream) === 'LOG_BASED'
}

function methodOf({ replicationMethod, replicationKey }: Stream) {
  return replicationMethod ?? (replicationKey ? 'INCREMENTAL' : 'FULL_TABLE')
}

function assertSupported(streams: readonly Stream[]): void {
  const problems = streams.flatMap((stream) =>
    methodOf(stream) === 'INCREMENTAL' && !stream.replicationKey
      ? [`stream ${stream.id}: INCREMENTAL needs a replication-key in its metadata`]
      : [],
  )
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
}
