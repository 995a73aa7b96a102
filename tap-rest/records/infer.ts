import type { Json } from '../../singer/index.js'
import type { JsonSchema } from '../../singer/schema.js'
import type { Page } from '../page/page.js'
import type { StreamPlan } from '../settings/plan.js'
import { emptyRecordShape } from './shape-record.js'
import { ShapeWalk } from './shape-walk.js'
import { StreamShape } from './stream-shape.js'

export interface Inference {
  /** Looks at a record of a page. False: it was not looked at, since as many as were wanted have been. */
  add(page: Page, index: number): boolean
  /** The values of `include` for a page, before its records. */
  include(values: readonly Json[]): void
  /** Of everything that was added: nullable everywhere, the `include` columns first. Nothing can be added after it. */
  schema(): JsonSchema
}

/** Finds the schema of a stream from its first records. Pages and parents are for the caller to count. */
export function openInference(plan: StreamPlan): Inference {
  const known = new StreamShape(plan, emptyRecordShape(plan))
  const walk = new ShapeWalk()
  let room = 'infer' in plan.schema ? plan.schema.infer.records : 0
  return {
    add(page, index) {
      if (room-- <= 0) return false
      const columns = known.columns(page.record(index))
      known.examine(columns, walk)
      if (!walk.fits) known.widen(columns)
      return true
    },
    include: (values) => void known.include(values),
    schema: () => known.schema(),
  }
}
