import type { JsonObject } from '../../singer/index.js'
import type { JsonSchema } from '../../singer/schema.js'
import type { Turn } from '../paging/paginator.js'
import { declaredSchema } from '../records/declared.js'
import { type Inference, openInference } from '../records/infer.js'
import type { StreamPlan } from '../settings/plan.js'
import { noFindings } from '../sync/cursor.js'
import { type OpenSource, openSource, type Run } from '../sync/open-source.js'
import { openProgress } from '../sync/progress.js'
import { namedKey } from '../sync/replication-key.js'
import { includedValues, sequenceOf, unitPages } from '../sync/unit-pages.js'
import { type Unit, unitsOf } from '../sync/units.js'
import { reportLook } from './report-look.js'

/** What the first answers of a stream show. */
export interface Look {
  readonly schema: JsonSchema
  /** Guesses as settings say them, by stream: its own, and those of the parents above it. */
  readonly frozen: JsonObject
  /** The plans of these streams with the guesses in place. */
  readonly plans: ReadonlyMap<string, StreamPlan>
}

/** Nothing is asked of the source where the settings say everything. */
export async function lookAt(run: Run, plan: StreamPlan): Promise<Look> {
  if ('declared' in plan.schema && plan.records.path !== 'auto' && plan.paginate.kind !== 'auto') {
    return { schema: declaredSchema(plan, plan.schema.declared), frozen: {}, plans: new Map() }
  }
  const source = await openSource(run, plan, { key: plan.incremental && namedKey(plan.incremental, plan.flatten) })
  const inference = openInference(plan)
  const seen = await readSome(source, inference)
  const schema = 'declared' in plan.schema ? declaredSchema(plan, plan.schema.declared) : inference.schema()
  reportLook(source, seen, schema)
  return { schema, ...guessesOf(source) }
}

/** What was looked at. */
export interface Seen {
  readonly first?: Turn
  readonly records: number
  readonly pages: number
}

async function readSome(source: OpenSource, inference: Inference): Promise<Seen> {
  const { pages: mostPages, parents: mostUnits } = limitsOf(source.plan)
  const unwanted = new AbortController()
  let seen: Seen = { records: 0, pages: 0 }
  let units = 0
  try {
    for await (const unit of firstUnits(source)) {
      for await (const turn of unitPages(source, unit, unwanted.signal)) {
        const added = add(inference, source.plan, { unit, turn, source })
        seen = { first: seen.first ?? turn, records: seen.records + turn.page.count, pages: seen.pages + 1 }
        if (!added || seen.pages % mostPages === 0) break
      }
      if (++units >= mostUnits && seen.records > 0) break
      if (units >= mostUnits * emptyUnits) break
    }
  } finally {
    unwanted.abort()
  }
  return seen
}

/** Parents without children and windows without records tell nothing: so many times more of them are tried. */
const emptyUnits = 5

function limitsOf({ schema }: StreamPlan) {
  return 'infer' in schema ? schema.infer : { pages: 1, parents: 1 }
}

function firstUnits(source: OpenSource): AsyncGenerator<Unit> {
  const findings = noFindings()
  return unitsOf(source, openProgress(source, {}, findings), { since: {}, reached: () => undefined })
}

interface Looked {
  readonly unit: Unit
  readonly turn: Turn
  readonly source: OpenSource
}

/** False: as many records as were wanted have been looked at. */
function add(inference: Inference, plan: StreamPlan, { unit, turn, source }: Looked): boolean {
  inference.include(includedValues(plan, sequenceOf(source, unit).scopes, turn))
  for (let index = 0; index < turn.page.count; index++) if (!inference.add(turn.page, index)) return false
  return true
}

function guessesOf({ plan, guesses }: OpenSource): Pick<Look, 'frozen' | 'plans'> {
  const { body, paging } = guesses()
  const frozen = {
    ...(plan.records.path === 'auto' && body && { records: body.records }),
    ...(plan.format === 'auto' && body && { format: body.format }),
    ...(paging?.frozen && { paginate: paging.frozen }),
  }
  const known: StreamPlan = {
    ...plan,
    ...(body && { records: { ...plan.records, path: body.records }, format: body.format }),
    ...(paging?.frozen && { paginate: paging.paginate }),
  }
  return { frozen: Object.keys(frozen).length > 0 ? { [plan.name]: frozen } : {}, plans: new Map([[plan.name, known]]) }
}
