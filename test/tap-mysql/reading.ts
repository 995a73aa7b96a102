import type { Context, JsonObject } from '../../singer/index.js'
import type { JsonSchema } from '../../singer/schema.js'
import { type Config, settings } from '../../tap-mysql/config.js'
import { connect, type Session } from '../../tap-mysql/connection.js'
import { definitionCheck } from '../../tap-mysql/definitions.js'
import { type RowQuery, rowBlocks, type SelectedColumn } from '../../tap-mysql/rows.js'
import { quoteName } from '../../tap-mysql/sql.js'
import type { Column, Table } from '../../tap-mysql/table.js'
import { discoverTables } from '../../tap-mysql/tables.js'
import { type ColumnType, columnType } from '../../tap-mysql/types.js'
import type { SqlServer } from '../support/sql-server.js'

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warning' | 'critical'
  readonly message: string
  readonly fields: JsonObject
}

export interface TestContext extends Context {
  readonly lines: readonly LoggedLine[]
}

/** A context whose log can be read. */
export function testContext(signal: Context['signal'] = new AbortController().signal): TestContext {
  const lines: LoggedLine[] = []
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: JsonObject = {}) => {
      lines.push({ level, message, fields })
    }
  const log = { debug: at('debug'), info: at('info'), warning: at('warning'), critical: at('critical'), redact() {} }
  return { log, lines, signal, metrics: { count: () => undefined } }
}

/** The settings that reach this server, defaults filled in. */
export function configOf(server: SqlServer, more: Partial<Config> = {}): Config {
  const properties = Object.entries(settings.properties as Record<string, JsonSchema>)
  const defaults = properties.flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]]))
  return { ...Object.fromEntries(defaults), ...server.config, ...more } as Config
}

export async function withSession<T>(
  config: Config,
  use: (session: Session, context: TestContext) => Promise<T>,
): Promise<T> {
  const context = testContext()
  const session = await connect(config, context)
  try {
    return await use(session, context)
  } finally {
    session.destroy()
  }
}

export type TypedColumn = Column & ColumnType & Pick<SelectedColumn, 'isAsBefore'>

export interface ReadableTable {
  readonly table: Table
  readonly columns: readonly TypedColumn[]
  readonly query: RowQuery
}

/** A SELECT of all columns of one table; `rest` follows the table's name. */
export async function readable(
  session: Session,
  config: Config,
  [database, name]: readonly [database: string, table: string],
  rest = '',
): Promise<ReadableTable> {
  const [table] = await discoverTables(session, { tables: [{ database, name }] })
  if (!table) throw new Error(`no table ${name}`)
  const options = { ...config, flavor: session.flavor }
  const columns = table.columns.map((column) => {
    const type = columnType(column, options)
    const isDouble = type.select !== quoteName(column.name)
    return { ...column, ...type, isAsBefore: definitionCheck({ column, isOfView: false, isDouble }) }
  })
  const select = columns.map((column) => column.select).join(', ')
  return {
    table,
    columns,
    query: {
      stream: name,
      sql: `SELECT ${select} FROM ${quoteName(database)}.${quoteName(name)} ${rest}`,
      columns,
      prefix: Buffer.from(`{"type":"RECORD","stream":${JSON.stringify(name)},"record":{`),
      suffix: Buffer.from('}}\n'),
      nulled: new Map(),
    },
  }
}

/** Lines are copied: blocks are reused. */
export async function allLines(session: Session, query: RowQuery, context: Context): Promise<string[]> {
  const texts: string[] = []
  for await (const { lines } of rowBlocks(session, query, context)) texts.push(lines.toString())
  return texts.join('').split('\n').slice(0, -1)
}

/** The text of each record: `{…}`. */
export function recordTexts(lines: readonly string[], query: RowQuery): string[] {
  return lines.map((line) => {
    JSON.parse(line)
    return line.slice(query.prefix.toString().length - 1, -1)
  })
}
