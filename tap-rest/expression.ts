import type { Json } from '../singer/index.js'

/** A condition or value such as `status == 404`, `length(records) < 100 and body.more`, parsed once. */
export interface Expression {
  readonly text: string
  /** Whether the body must be read for it. */
  readonly needsBody: boolean
  /** Absent fields are null. */
  evaluate(facts: Facts): Json
}

export interface Facts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Called only when the expression looks at it. */
  body(): Json
  records?: { readonly count: number; last(): Json; first(): Json }
}
