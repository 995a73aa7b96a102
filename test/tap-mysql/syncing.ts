import {
  type Json,
  type JsonObject,
  type Message,
  parseJson,
  type RecordLines,
  type State,
  type Stream,
  stableText,
} from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import type { Config } from '../../tap-mysql/config.js'
import { type Pace, usualPace } from '../../tap-mysql/pace.js'
import { mysqlTap } from '../../tap-mysql/tap.js'
import { sqlServers } from '../support/servers.js'
import type { Row, SqlServer } from '../support/sql-server.js'
import { configOf, type LoggedLine, testContext } from './reading.js'

/** A database of its own on one server. */
export interface Database {
  readonly server: SqlServer
  readonly name: string
  /** The settings that reach it. */
  readonly config: Config
  /** One statement; `DB` stands for the database's name. */
  run(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** A stream of one of its tables, all columns selected. */
  stream(table: string, more?: Partial<Stream>): Promise<Stream>
  /** Ends the connections of the tap and says how many there were. */
  kill(): Promise<number>
}

export interface SyncOptions {
  readonly state?: State | undefined
  readonly pace?: Partial<Pace>
  readonly config?: Partial<Config>
  /** Called for each message before the next is pulled; `stop`: nothing more is pulled, as when the process is killed. */
  readonly watch?: (message: Wire, run: Synced) => Promise<'stop' | undefined> | 'stop' | undefined
  readonly abort?: AbortController
}

/** As a reader of stdout sees it; RECORDs are parsed. */
export type Wire = Exclude<Message, { type: 'RECORD' }> | WireRecord
export interface WireRecord {
  readonly type: 'RECORD'
  readonly stream: string
  readonly record: JsonObject
  readonly version?: number
  readonly time_extracted: string
}

export interface Synced {
  readonly messages: readonly Wire[]
  readonly records: readonly JsonObject[]
  readonly log: readonly LoggedLine[]
  /** Of the last STATE, written and read again. */
  readonly state: State | undefined
  readonly failure: unknown
}

/** The same tests on MySQL and on MariaDB, each with a database of its own. */
export function describeOnServers(title: string, define: (database: () => Database) => void): void {
  for (const { name, server } of sqlServers) {
    describe(`${title} (${name})`, () => {
      let database: Database | undefined
      before(async function () {
        this.timeout(300_000)
        database = await openDatabase(await server())
      })
      define(() => {
        if (!database) throw new Error(`${name} did not start`)
        return database
      })
    })
  }
}

export async function sync(database: Database, streams: readonly Stream[], options: SyncOptions = {}): Promise<Synced> {
  const { state = {}, pace, config, watch, abort = new AbortController() } = options
  const context = testContext(abort.signal)
  const tap = mysqlTap({ ...usualPace, ...(pace?.chunkRows && { stateRows: pace.chunkRows }), ...pace })
  const messages: Wire[] = []
  const found = { messages, records: [] as JsonObject[], log: context.lines, state: undefined as State | undefined }
  try {
    for await (const message of tap.sync({ ...database.config, ...config }, streams, state, context)) {
      for (const wire of wireOf(message)) {
        messages.push(wire)
        if (wire.type === 'RECORD') found.records.push(wire.record)
        if (wire.type === 'STATE') found.state = parsedObject(stableText(wire.value))
        if ((await watch?.(wire, { ...found, failure: undefined })) === 'stop') return { ...found, failure: undefined }
      }
    }
    return { ...found, failure: undefined }
  } catch (failure) {
    return { ...found, failure }
  }
}

export function bookmark(state: State | undefined, stream: Stream): JsonObject {
  const found = isObject(state?.bookmarks) ? state.bookmarks[stream.id] : undefined
  if (!isObject(found)) throw new Error(`no bookmark of ${stream.id} in ${JSON.stringify(state)}`)
  return found
}

/** The values of one column, as texts. */
export function column(records: readonly JsonObject[], name: string): string[] {
  return records.map((record) => stableText(record[name] ?? null))
}

async function openDatabase(server: SqlServer): Promise<Database> {
  const name = await server.newDatabase()
  const config = configOf(server, { database: name })
  const run: Database['run'] = (sql, values) => server.query(`USE ${name}; ${sql.replaceAll('DB', name)}`, values)
  return {
    server,
    name,
    config,
    run,
    async stream(table, more) {
      const { streams } = await mysqlTap(usualPace).discover(config, testContext())
      const entry = streams.find(({ table_name }) => table_name === table)
      if (!entry) throw new Error(`discovery found no ${table}`)
      const root = entry.metadata.find(({ breadcrumb }) => breadcrumb.length === 0)?.metadata ?? {}
      return {
        id: entry.tap_stream_id,
        name: entry.stream,
        schema: entry.schema,
        deselected: [],
        keyProperties: entry.key_properties,
        isView: root['is-view'] === true,
        metadata: root,
        tableName: table,
        ...more,
      }
    },
    async kill() {
      const sql = 'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ? AND ID <> CONNECTION_ID()'
      const sessions = await server.query(sql, [name])
      // One that was killed before may be listed until it has noticed.
      for (const { id } of sessions) await server.query(`KILL ${id}`).catch(() => undefined)
      return sessions.length
    },
  }
}

function wireOf(message: Message | RecordLines): Wire[] {
  if (message.type === 'RECORD') throw new Error('the tap yields lines, not objects')
  if (message.type !== 'RECORD_LINES') return [message]
  const lines = message.lines.toString().split('\n')
  if (lines.pop() !== '' || lines.length !== message.count)
    throw new Error(`${lines.length} lines, not ${message.count}`)
  return lines.map((line) => recordOf(parsedObject(line)))
}

function recordOf(line: JsonObject): WireRecord {
  const { type, stream, record, version, time_extracted, ...rest } = line
  if (type !== 'RECORD' || typeof stream !== 'string' || typeof time_extracted !== 'string' || !isObject(record)) {
    throw new Error(`no RECORD: ${JSON.stringify(line)}`)
  }
  if (Object.keys(rest).length > 0) throw new Error(`unknown keys: ${Object.keys(rest)}`)
  return { type, stream, record, time_extracted, ...(typeof version === 'number' ? { version } : {}) }
}

function parsedObject(text: string): JsonObject {
  // Long texts hold no numbers that matter.
  const value: Json = text.length > 1e6 ? JSON.parse(text) : parseJson(text)
  if (!isObject(value)) throw new Error('no JSON object')
  return value
}
