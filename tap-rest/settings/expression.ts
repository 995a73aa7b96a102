import { ConfigError, type Json } from '../../singer/index.js'
import { isTrue, readExpression } from './expression-grammar.js'

export { isTrue }

/**
 * A condition or value such as `status == 404`, `length(records) < 100 and body.more`, parsed once: comparisons, `and`,
 * `or`, `not`, parentheses; `status`, `headers.x`, `body.path`, texts, numbers, `true`, `false`, `null`; `length(x)`,
 * `first(x)`, `last(x)`, `contains(x, y)`, of which x may be `records`. Numbers, also such in texts, compare by all their
 * digits. `and` and `or` give one of their sides.
 */
export interface Expression {
  readonly text: string
  /** Whether the body must be read for it. */
  readonly needsBody: boolean
  /** Absent fields are null. For a condition see `isTrue`. */
  evaluate(facts: Facts): Json
}

export interface Facts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Called only when the expression looks at it. */
  body(): Json
  records?: { readonly count: number; last(): Json; first(): Json }
}

/**
 * Without `hasRecords` the records are not known yet where it is looked at.
 * @throws ConfigError with the column and, where there is one, a suggestion.
 */
export function parseExpression(text: string, { hasRecords = true } = {}): Expression {
  const { node, names } = readExpression(text)
  const needsRecords = names.has('records')
  if (needsRecords && !hasRecords) {
    throw new ConfigError('records are not known when an answer is judged; look at status, headers or body')
  }
  return { text, needsBody: names.has('body') || needsRecords, evaluate: node }
}
