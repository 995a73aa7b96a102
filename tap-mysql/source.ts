import { type Context, type Message, SourceError, type Stream } from '../singer/index.js'
import type { Config } from './config.js'
import { connect } from './connection.js'
import { definitionCheck } from './definitions.js'
import { streamId } from './discover.js'
import type { Pace } from './pace.js'
import type { SelectedColumn } from './rows.js'
import { quoteName } from './sql.js'
import type { Column, Table } from './table.js'
import { discoverTables, type TableName } from './tables.js'
import { type ColumnType, columnType, type TypeOptions } from './types.js'

/** A selected stream and the table behind it, as the table is now. */
export interface Source extends Settings {
  readonly stream: Stream
  readonly table: Table
  /** The selected ones, in the order of the table. */
  readonly columns: readonly TypedColumn[]
  /** Column → how many of its values no JSON could hold and became null. */
  readonly nulled: Map<string, number>
}

export interface TypedColumn extends Pick<SelectedColumn, 'isAsBefore'> {
  readonly column: Column
  readonly type: ColumnType
}

interface Settings {
  readonly config: Config
  readonly context: Context
  readonly pace: Pace
}

/** Asks for all tables at once. The function that it returns fails for a stream that cannot be read. */
export async function openSources(streams: readonly Stream[], common: Settings): Promise<(stream: Stream) => Source> {
  const { config, context } = common
  const session = await connect(config, context)
  try {
    const names = streams.map((stream) => namedTable(stream, config))
    const isEachNamed = names.every((name) => name !== undefined)
    const tables = await discoverTables(session, isEachNamed ? { tables: names } : {})
    const options = { ...config, flavor: session.flavor }
    return (stream) => {
      const table = tableOf(stream, tables, config)
      return { ...common, stream, table, columns: typedColumns(stream, table, options, context), nulled: new Map() }
    }
  } finally {
    session.destroy()
  }
}

export function schemaMessage({ stream, columns }: Source, bookmarkProperties: readonly string[]): Message {
  const properties = Object.fromEntries(columns.map(({ column, type }) => [column.name, type.schema]))
  return {
    type: 'SCHEMA',
    stream: stream.name,
    schema: { type: 'object', properties },
    key_properties: stream.keyProperties,
    ...(bookmarkProperties.length > 0 ? { bookmark_properties: bookmarkProperties } : {}),
  }
}

/** For messages. */
export function titleOf({ database, name }: TableName): string {
  return `table ${database}.${name}`
}

/** What the catalog says; catalogs written by hand may have no more than the stream's id. */
function namedTable({ metadata, tableName }: Stream, config: Config): TableName | undefined {
  const database = metadata['database-name'] ?? metadata['schema-name'] ?? config.database
  return typeof database === 'string' && tableName !== undefined ? { database, name: tableName } : undefined
}

function tableOf(stream: Stream, tables: readonly Table[], config: Config): Table {
  const named = namedTable(stream, config)
  const table = tables.find(({ database, name }) =>
    named ? database === named.database && name === named.name : streamId(database, name) === stream.id,
  )
  if (table) return table
  const title = named ? titleOf(named) : `the table of stream ${stream.id}`
  throw new SourceError(`read ${title}: it does not exist, or the user may not see it; GRANT SELECT or deselect it`)
}

/** Columns of the catalog that the table lacks are named in a warning; without a key column the stream stops. */
function typedColumns(stream: Stream, table: Table, options: TypeOptions, context: Context): TypedColumn[] {
  const wanted = Object.keys(stream.schema.properties ?? {})
  const columns = table.columns.filter(({ name }) => wanted.includes(name))
  const missing = wanted.filter((name) => !columns.some((column) => column.name === name))
  const keys = missing.filter((name) => stream.keyProperties.includes(name))
  if (keys.length > 0 || columns.length === 0) {
    const lack =
      columns.length === 0 ? 'none of the selected columns' : `no column ${keys.join(', ')}, which is its key`
    throw new SourceError(`read ${titleOf(table)}: it has ${lack}; run discovery again`)
  }
  if (missing.length > 0) {
    const fields = { stream: stream.id, columns: missing }
    context.log.warning('columns of the catalog are gone from the table', fields)
  }
  return columns.map((column) => typedColumn(column, table, options))
}

function typedColumn(column: Column, { isView: isOfView }: Table, options: TypeOptions): TypedColumn {
  const type = columnType(column, options)
  const isDouble = type.select !== quoteName(column.name)
  return { column, type, isAsBefore: definitionCheck({ column, isOfView, isDouble }) }
}
