import { viewOf } from '../../singer/bytes.js'
import { BsonType } from '../bson/bson-type.js'
import { type Columns, idColumn } from './columns.js'
import { elementNamed } from './elements.js'
import type { JsonTypes } from './json-types.js'
import { widenByValue } from './widen-document.js'

/** Makes the columns fit this document, too. True when that changed them. */
export function widenColumns({ record, document: shape }: Columns, document: Buffer, types: JsonTypes): boolean {
  const reading = { view: viewOf(document), types }
  const isWider = widenByValue(shape, { type: BsonType.object, pos: 0, depth: 0 }, reading)
  if (record === shape) return isWider
  const id = elementNamed(reading.view, idColumn)
  const member = record.members.get(idColumn)
  if (id === undefined || member === undefined) return isWider
  return widenByValue(member.shape, { type: id.type, pos: id.pos, depth: 1 }, reading) || isWider
}
