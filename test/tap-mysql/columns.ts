import type { Column } from '../../tap-mysql/table.js'

/** A column of which only some facts matter. */
export function columnLike(facts: Partial<Column>): Column {
  const { name = 'c', dataType = 'int' } = facts
  const rest = { isNullable: true, collation: null, precision: null, scale: null, length: null, fraction: null }
  return { name, dataType, columnType: dataType, ...rest, ...facts }
}
