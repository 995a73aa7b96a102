import { ConfigError, type Message, type RecordLines, type State, type Stream, type Tap } from '../singer/index.js'
import { syncEach } from '../singer/streams.js'
import { type Config, settings } from './config.js'
import { connect } from './connection.js'
import { discoverCatalog } from './discover.js'
import { syncFullTable } from './full-table.js'
import { syncIncremental } from './incremental.js'
import { type Pace, usualPace } from './pace.js'
import { openSources, type Source, schemaMessage } from './source.js'

export const tap = mysqlTap(usualPace)

export function mysqlTap(pace: Pace): Tap<Config> {
  return {
    name: 'tap-mysql',
    description: 'Reads tables of MySQL and MariaDB: whole ones, or what has changed by a replication key.',
    capabilities: ['about', 'activate-version', 'catalog', 'discover', 'state', 'structured-logging', 'test'],
    settings,
    async discover(config, context, patterns) {
      const session = await connect(config, context)
      try {
        return await discoverCatalog(session, config, patterns)
      } finally {
        session.destroy()
      }
    },
    async *sync(config, streams, state, context) {
      assertSupported(streams)
      const sourceOf = await openSources(streams, { config, context, pace })
      yield* syncEach(streams, state, context, (stream, before) => syncStream(() => sourceOf(stream), before))
    },
  }
}

/** `open` fails for a stream whose table is gone: within the stream, so that the others go on. */
async function* syncStream(open: () => Source, state: State): AsyncGenerator<Message | RecordLines> {
  const source = open()
  const { stream, nulled, context } = source
  const isIncremental = methodOf(stream) === 'INCREMENTAL'
  yield schemaMessage(source, isIncremental && stream.replicationKey ? [stream.replicationKey] : [])
  yield* isIncremental ? syncIncremental(source, state) : syncFullTable(source, state)
  if (nulled.size === 0) return
  const fields = { stream: stream.id, columns: Object.fromEntries(nulled) }
  context.log.warning('values that JSON cannot hold, such as zero dates, were sent as null', fields)
}

function methodOf({ replicationMethod, replicationKey }: Stream) {
  return replicationMethod ?? (replicationKey ? 'INCREMENTAL' : 'FULL_TABLE')
}

function assertSupported(streams: readonly Stream[]): void {
  const problems = streams.flatMap((stream) => {
    const method = methodOf(stream)
    if (method === 'LOG_BASED') {
      return [`stream ${stream.id}: this tap does not read the binary log; choose INCREMENTAL or FULL_TABLE`]
    }
    if (method === 'INCREMENTAL' && !stream.replicationKey) {
      return [`stream ${stream.id}: INCREMENTAL needs a replication-key in its metadata`]
    }
    return []
  })
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
}
