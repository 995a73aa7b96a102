import { viewOf } from '../../singer/bytes.js'
import { type JsonSchema, nullable } from '../../singer/schema.js'
import { newShape, removeMembers } from '../../singer/shape/shape.js'
import { maxLength, type Output, valueWriter } from '../bson/value-writer.js'
import type { Config } from '../config.js'
import { type Columns, columnsOf, columnsSchema, documentColumn, idColumn, setObjectId } from './columns.js'
import { type Element, elementNamed } from './elements.js'
import { type JsonTypes, jsonTypes } from './json-types.js'
import { widenColumns } from './widen-columns.js'

/** The schema of documents that were looked at; `{}` of none but `_id`. */
export function sampledSchema(documents: Iterable<Buffer>, config: Config): JsonSchema {
  const types = jsonTypes(config)
  const columns = emptyColumns(config, types)
  const isNull = nullTest(config)
  const seen = { documents: 0, ids: 0 }
  for (const document of documents) {
    seen.documents++
    widenColumns(columns, document, types)
    const id = elementNamed(viewOf(document), idColumn)
    if (id === undefined) continue
    seen.ids++
    if (isNull(document, id)) columns.isIdNullable = true
  }
  const { record } = columns
  const id = record.members.get(idColumn)
  if (id && seen.documents === 0) setObjectId(id.shape, types)
  else if (seen.ids === 0) removeMembers(record, ({ name }) => name === idColumn)
  return columnsSchema(columns, types)
}

/** Of `_id` there is a column, but nothing is known. */
function emptyColumns(config: Config, types: JsonTypes): Columns {
  const { strategy } = config
  const document = strategy === 'envelope' ? { [documentColumn]: nullable('object') } : {}
  const schema = { properties: { [idColumn]: { type: 'string' }, ...document } }
  const columns = columnsOf({ schema, deselected: [], keyProperties: [], strategy, hasDeletes: false }, types)
  const id = columns.record.members.get(idColumn)
  if (id) Object.assign(id.shape, newShape())
  return columns
}

/** Whatever the settings say, a look at values does not fail for them. */
function nullTest(config: Config): (document: Buffer, element: Element) => boolean {
  const dates = config.date_out_of_range === 'clamp' ? 'clamp' : 'null'
  const options = { ...config, non_finite: 'null', date_out_of_range: dates, invalid_utf8: 'replace' } as const
  const output: Output = { bytes: Buffer.alloc(0), view: new DataView(new ArrayBuffer(0)), at: 0 }
  const values = valueWriter(output, options, () => {})
  return (document, { type, pos, end }) => {
    const length = maxLength(end - pos, config.document_format) + 64
    if (length > output.bytes.length) output.bytes = Buffer.allocUnsafe(length)
    output.view = viewOf(output.bytes)
    output.at = 0
    values.readFrom(document)
    values.value(type, pos)
    return output.bytes.toString('latin1', 0, output.at) === 'null'
  }
}
