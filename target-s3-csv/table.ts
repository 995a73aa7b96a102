import { ConfigError } from '../singer/errors.js'
import { CellText } from './cell-text.js'
import type { Cells } from './cells.js'
import { type Column, type Layout, layoutOf, type Source } from './columns.js'
import { Constants, constantIndex } from './constants.js'
import { conversionOf } from './conversions.js'
import type { Dialect } from './csv.js'
import { Extras } from './extras.js'
import { Keys, NONE } from './keys.js'
import type { Notes } from './notes.js'
import { propertyRules } from './property-rules.js'
import { RecordScanner, stringClasses } from './record.js'
import { RowWriter } from './row.js'
import type { RowBuffers } from './rows.js'
import { Rules } from './rules.js'
import type { ScanOptions } from './scanner.js'
import type { SchemaMessage } from './schema-message.js'
import { StreamTable } from './stream-table.js'
import { Values } from './values.js'

/** What the tables of a scanner share. */
export interface TableContext {
  readonly options: ScanOptions
  readonly buffers: RowBuffers
  readonly cells: Cells
  readonly notes: Notes
}

/** Compiles the SCHEMA of a stream. @throws ConfigError for a partition column that it does not have. */
export function compileTable(stream: string, message: SchemaMessage, context: TableContext): StreamTable {
  const { options, cells, notes, buffers } = context
  const { dialect, flatten, extraProperties: mode, metadataColumns: hasMetadata, rowsCount } = options
  const layout = layoutOf(message.shape, layoutOptions(options))
  const { properties } = layout
  const values = new Values(properties.length)
  const constants = new Constants({ dialect, hasMetadata, keyProperties: message.keyProperties })
  const extras = new Extras({ mode, stream, properties, separator: flatten.separator, notes })
  const partitioned = options.partitionColumns.map((name) => propertyOf(name, layout, stream))
  const { columns, sources } = options.hivePartitions ? without(layout, partitioned) : layout
  return new StreamTable({
    ...{ stream, message, columns, cells, notes, constants, extras },
    ...spaceOf(columns.length, dialect),
    header: headerOf(columns, dialect),
    record: recordScanner(layout, values, { dialect, extras }),
    rules: rulesOf(layout, message, values),
    row: new RowWriter({
      dialect,
      cells,
      values,
      constants: constants.cells,
      ...columnsFrom(layout, sources, context),
    }),
    partitions: { values, properties: partitioned, buffers, rowsCount },
  })
}

function recordScanner(
  { properties }: Layout,
  values: Values,
  { dialect, extras }: { dialect: Dialect; extras: Extras },
) {
  const classes = stringClasses(dialect.delimiter, dialect.quote)
  return new RecordScanner({ keys: new Keys(properties), values, classes, onExtra: (extra) => extras.add(extra) })
}

/** Where the row writer finds the values of the columns, and how it rewrites them. */
function columnsFrom({ properties }: Layout, sources: readonly Source[], { options, cells }: TableContext) {
  return {
    sources: Int32Array.from(sources, (source) => (typeof source === 'number' ? source : -1 - constantIndex(source))),
    conversions: properties.map(({ shape }) => conversionOf(shape, options.dialect, cells)),
  }
}

function layoutOptions({ flatten, dialect, metadataColumns, extraProperties }: ScanOptions) {
  const hasExtra = extraProperties === 'column'
  return { flatten, isSorted: dialect.isPython, hasMetadata: metadataColumns, hasExtra }
}

function propertyOf(name: string, { columns, sources }: Layout, stream: string): number {
  const source = sources[columns.findIndex((column) => column.name === name)]
  if (typeof source === 'number') return source
  throw new ConfigError(
    `the object name asks for {column:${name}}, but the SCHEMA of stream ${stream} has no such column`,
  )
}

function without({ columns, sources }: Layout, properties: readonly number[]): Pick<Layout, 'columns' | 'sources'> {
  const isKept = (source: Source) => typeof source === 'string' || !properties.includes(source)
  const kept = columns.filter((_column, index) => isKept(sources[index] ?? NONE))
  return { columns: kept, sources: sources.filter(isKept) }
}

function rulesOf({ properties, columns, sources }: Layout, { required }: SchemaMessage, values: Values): Rules {
  const rules = properties.map(({ shape, path, parent }) =>
    propertyRules(shape, parent === NONE && required.has(path[0] ?? '')),
  )
  const names = properties.map(({ path }, position) => columns[sources.indexOf(position)]?.name ?? path.join('.'))
  return new Rules(rules, names, values)
}

function headerOf(columns: readonly Column[], dialect: Dialect): Buffer {
  const text = new CellText(dialect)
  const mark = Buffer.from(dialect.bom ? '\ufeff' : '')
  if (!dialect.header) return mark
  const delimiter = Buffer.of(dialect.delimiter)
  const cells = columns.flatMap(({ name }, index) => [...(index > 0 ? [delimiter] : []), text.string(name)])
  return Buffer.concat([mark, ...cells, Buffer.from(dialect.lineEnd === 'crlf' ? '\r\n' : '\n')])
}

/** json.dumps may write six bytes for one, other text at most two; then quotes, delimiters and what stands for values. */
function spaceOf(columns: number, dialect: Dialect): { readonly growth: number; readonly overhead: number } {
  const words = [dialect.null, dialect.true, dialect.false, dialect.datetime].map((text) => Buffer.byteLength(text))
  return { growth: dialect.isPython ? 6 : 2, overhead: columns * (Math.max(...words) + 8) + 8 }
}
