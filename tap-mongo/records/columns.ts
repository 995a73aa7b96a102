import { SourceError, type Stream } from '../../singer/index.js'
import { asObject, textsOf } from '../../singer/json.js'
import { type JsonSchema, nullable } from '../../singer/schema.js'
import { schemaOf, shapeOf } from '../../singer/shape/schema.js'
import { settle } from '../../singer/shape/settle.js'
import { addMember, opaqueShape, removeMembers, type Shape } from '../../singer/shape/shape.js'
import { widen } from '../../singer/shape/widen.js'
import { BsonType } from '../bson/bson-type.js'
import type { Config, StreamConfig } from '../config.js'
import type { JsonTypes } from './json-types.js'
import { widenByType } from './type-shape.js'

/** What is known of the columns of a stream. */
export interface Columns {
  /** Of its records. */
  readonly record: Shape
  /** Of the documents: the same, or the column that has them (`envelope`). */
  readonly document: Shape
  /** Members of the documents, by their marks: `_id`, at 1, the columns of the key, and those with a default. */
  readonly marked: readonly string[]
  /** One says when a document was deleted. */
  readonly hasDeleted: boolean
  /** Some `_id` is null in JSON. Whatever is known of other columns, null fits them. */
  isIdNullable: boolean
  /** What the schema says beside them. */
  readonly keywords: JsonSchema
}

export interface KnownColumns {
  readonly schema: JsonSchema
  readonly deselected: readonly (readonly string[])[]
  readonly keyProperties: readonly string[]
  readonly defaults?: StreamConfig['defaults']
  readonly strategy: Config['strategy']
  readonly hasDeletes: boolean
  readonly isWanted?: Stream['isWanted']
}

export const idColumn = '_id'
export const documentColumn = 'document'
export const deletedColumn = '_sdc_deleted_at'

/** As the catalog has them. @throws SourceError when it was made with another strategy. */
export function columnsOf(known: KnownColumns, types: JsonTypes): Columns {
  const { schema, deselected, strategy, keyProperties } = known
  const { properties, required: _, ...keywords } = schema
  const source = { isDeclared: false, deselected, isWanted: known.isWanted, ...types.words }
  const record = shapeOf({ ...keywords, properties: properties ?? {} }, source)
  if (strategy === 'raw' && !record.isClosed) record.others = opaqueShape()
  const id = asObject(properties)[idColumn]
  const isKey = keyProperties.includes(idColumn)
  if (isKey && id === undefined) setObjectId(addMember(record, idColumn).shape, types)
  const document = strategy === 'envelope' ? record.members.get(documentColumn)?.shape : record
  if (document === undefined) throw new SourceError('the catalog is not one of strategy envelope; run --discover again')
  const hasDeleted = known.hasDeletes || strategy === 'envelope'
  if (hasDeleted && !record.members.has(deletedColumn)) addMember(record, deletedColumn)
  return {
    record,
    document,
    marked: markMembers(document, known),
    hasDeleted,
    isIdNullable: id === undefined ? !isKey : textsOf(asObject(id).type).includes('null'),
    keywords,
  }
}

/** What was seen so far. From here on these columns keep their names. */
export function columnsSchema({ record, keywords, hasDeleted, isIdNullable }: Columns, types: JsonTypes): JsonSchema {
  settle(record, true)
  const columns: [string, JsonSchema][] = []
  for (const { name, shape, use } of record.members.values()) {
    const schema = schemaOf(shape, types.words.integer)
    if (hasDeleted && name === deletedColumn) columns.push([name, nullable('string', { format: 'date-time' })])
    else if (use === 'keep') columns.push([name, name === idColumn && !isIdNullable ? withoutNull(schema) : schema])
  }
  return { type: 'object', ...keywords, properties: Object.fromEntries(columns) }
}

/** An `_id`, where no document says anything else. */
export function setObjectId(shape: Shape, types: JsonTypes): void {
  const objectId = types.shape(BsonType.objectId, 0)
  if (objectId) widenByType(shape, objectId)
}

/** Their names, each at its mark. A field called as the column of deletes is refused, unless it is left out anyway. */
function markMembers(
  document: Shape,
  { keyProperties, defaults = {}, strategy, hasDeletes, isWanted }: KnownColumns,
): string[] {
  const keys = strategy === 'envelope' ? [] : keyProperties
  for (const name of keys) if (!document.members.has(name)) addMember(document, name)
  for (const [name, value] of Object.entries(defaults)) {
    if (!document.members.has(name) && (document.isClosed || isWanted?.(name) === false)) continue
    widen((document.members.get(name) ?? addMember(document, name)).shape, value)
  }
  const marked = ['', ...new Set([idColumn, ...keys, ...Object.keys(defaults)])]
  const members = [...document.members.values()]
  removeMembers(document, () => true)
  for (const { name, shape, use } of members) {
    const isRefused = hasDeletes && strategy !== 'envelope' && name === deletedColumn && use === 'keep'
    addMember(document, name, { shape, use: isRefused ? 'refuse' : use, mark: Math.max(marked.indexOf(name), 0) })
  }
  return marked
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const { type, ...rest } = schema
  return Array.isArray(type) ? { type: type.filter((name) => name !== 'null'), ...rest } : schema
}
