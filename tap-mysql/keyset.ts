import type { Json } from '../singer/index.js'
import { quoteName } from './sql.js'

/** A column by whose values reading can go on where it ended. */
export interface KeyColumn {
  readonly name: string
  /** A record's value → SQL literal. */
  readonly literal: (value: Json) => string
}

/** One value per key column, in the order of the key. */
export type KeyValues = readonly Json[]

/** Rows behind these values in the order of the key. */
export function behind(key: readonly KeyColumn[], values: KeyValues): string {
  return within(key, values, ['>', '>'])
}

/** Rows before these values, and the row that has them. */
export function upTo(key: readonly KeyColumn[], values: KeyValues): string {
  return within(key, values, ['<', '<='])
}

export function orderBy(columns: readonly string[], direction: 'ASC' | 'DESC' = 'ASC'): string {
  const names = columns.map((name) => quoteName(name) + (direction === 'DESC' ? ' DESC' : ''))
  return names.length === 0 ? '' : `ORDER BY ${names.join(', ')}`
}

// (a, b) > (1, 2) is a>=1 AND (a>1 OR (a=1 AND b>2)). Both servers answer the row constructor by scanning the index from
// its beginning; the first comparison alone gives them the range.
function within(key: readonly KeyColumn[], values: KeyValues, operators: Operators): string {
  const terms = key.map(({ name, literal }, i) => ({ name: quoteName(name), value: literal(values[i] ?? null) }))
  const [first] = terms
  if (!first) return 'TRUE'
  const expanded = compare(terms, operators)
  return terms.length === 1 ? expanded : `${first.name}${operators[0]}=${first.value} AND (${expanded})`
}

/** For the columns before the last one, and for the last. */
type Operators = readonly ['>' | '<', '>' | '<=']

function compare(terms: readonly { name: string; value: string }[], operators: Operators): string {
  const [head, ...rest] = terms
  if (!head) return 'TRUE'
  const { name, value } = head
  if (rest.length === 0) return `${name}${operators[1]}${value}`
  return `${name}${operators[0]}${value} OR (${name}=${value} AND (${compare(rest, operators)}))`
}
