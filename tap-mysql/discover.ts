import { type Catalog, type CatalogEntry, ConfigError, type MetadataEntry } from '../singer/index.js'
import type { Config } from './config.js'
import type { Session } from './connection.js'
import type { Table } from './table.js'
import { discoverTables } from './tables.js'
import { columnType, type TypeOptions } from './types.js'

/** `patterns`: a hint; streams that none of them can match may be left out. */
export async function discoverCatalog(
  session: Session,
  config: Config,
  patterns?: readonly string[],
): Promise<Catalog> {
  const databases = wantedDatabases(config)
  const tables = await discoverTables(session, { ...(databases && { databases }), ...(patterns && { patterns }) })
  if (tables.length === 0 && databases) await assertAnyExists(session, databases)
  assertDistinct(tables)
  const options = { ...config, flavor: session.flavor }
  return { streams: tables.map((table) => catalogEntry(table, options)) }
}

/** `db-table`. A dot in an id would keep Meltano's metadata rules from matching. */
export function streamId(database: string, table: string): string {
  return `${database}-${table}`.replaceAll('.', '_')
}

function wantedDatabases(config: Config): readonly string[] | undefined {
  const list = config.filter_dbs || config.filter_schemas || config.database
  return list ? list.split(',').map((name) => name.trim()) : undefined
}

async function assertAnyExists(session: Session, databases: readonly string[]): Promise<void> {
  const sql = 'SELECT SCHEMA_NAME AS db FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (?)'
  if ((await session.query(sql, [databases])).length > 0) return
  throw new ConfigError(
    `discover ${databases.join(', ')}: no such database, or the user may not see it; check filter_dbs and grants`,
  )
}

function assertDistinct(tables: readonly Table[]): void {
  const byId = new Map<string, Table>()
  for (const table of tables) {
    const id = streamId(table.database, table.name)
    const other = byId.get(id)
    if (other) {
      const both = [other, table].map(({ database, name }) => JSON.stringify([database, name])).join(' and ')
      throw new ConfigError(`two tables would be the stream ${id}: ${both} (database, table); narrow filter_dbs`)
    }
    byId.set(id, table)
  }
}

function catalogEntry(table: Table, options: TypeOptions): CatalogEntry {
  const id = streamId(table.database, table.name)
  const types = table.columns.map((column) => ({ column, type: columnType(column, options) }))
  const properties = Object.fromEntries(types.map(({ column, type }) => [column.name, type.schema]))
  const replicationKeys = types.flatMap(({ column, type }) => (type.literal ? [column.name] : []))
  return {
    tap_stream_id: id,
    stream: id,
    table_name: table.name,
    schema: { type: 'object', properties },
    key_properties: table.keyColumns,
    metadata: [rootMetadata(table, replicationKeys), ...table.columns.map((column) => columnMetadata(column, table))],
  }
}

function rootMetadata(table: Table, replicationKeys: readonly string[]): MetadataEntry {
  return {
    breadcrumb: [],
    metadata: {
      'database-name': table.database,
      'is-view': table.isView,
      [table.isView ? 'view-key-properties' : 'table-key-properties']: table.keyColumns,
      'selected-by-default': false,
      'valid-replication-keys': replicationKeys,
    },
  }
}

function columnMetadata(column: Table['columns'][number], table: Table): MetadataEntry {
  return {
    breadcrumb: ['properties', column.name],
    metadata: {
      inclusion: table.keyColumns.includes(column.name) ? 'automatic' : 'available',
      'selected-by-default': true,
      'sql-datatype': column.columnType,
    },
  }
}
