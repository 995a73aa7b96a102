import type { FailedStream } from '../singer/catalog.js'
import { type Catalog, type CatalogEntry, ConfigError, canSelect } from '../singer/index.js'
import { catalogEntry } from './discovery/catalog-entry.js'
import { type Look, lookAt } from './discovery/look.js'
import { streamId } from './discovery/stream-id.js'
import type { StreamPlan } from './settings/plan.js'
import type { Run } from './sync/open-source.js'

/**
 * The streams of the settings, with what their first answers show. Each is looked at once, parents before their children.
 * `patterns`: a hint; streams that none of them can match are left out.
 */
export async function discoverCatalog(run: Run, patterns?: readonly string[]): Promise<Catalog> {
  const { streams } = run.plan
  assertDistinct([...streams.keys()])
  const looks = new Map<string, Promise<Look>>()
  const look = (plan: StreamPlan): Promise<Look> => {
    const known = looks.get(plan.name) ?? withParent(run, plan, look)
    looks.set(plan.name, known)
    return known
  }
  const wanted = [...streams.values()].filter(({ name }) => !patterns || canSelect(patterns, streamId(name)))
  const entries: CatalogEntry[] = []
  const failed: FailedStream[] = []
  for (const plan of wanted) {
    try {
      entries.push(catalogEntry(plan, await look(plan)))
    } catch (problem) {
      if (run.context.signal.aborted) throw problem
      failed.push({ id: streamId(plan.name), problem })
    }
  }
  const wrong = failed.flatMap(({ problem }) => (problem instanceof ConfigError ? [problem.message] : []))
  if (wrong.length > 0) throw new ConfigError([...new Set(wrong)].join('\n'))
  return { streams: entries, ...(failed.length > 0 && { failed }) }
}

async function withParent(run: Run, plan: StreamPlan, look: (plan: StreamPlan) => Promise<Look>): Promise<Look> {
  const { parent } = plan.partition
  const above = parent === undefined ? undefined : run.plan.streams.get(parent)
  if (!above) return lookAt(run, plan)
  const { frozen, plans } = await look(above)
  const streams = new Map([...run.plan.streams, ...plans])
  const own = await lookAt({ ...run, plan: { ...run.plan, streams } }, plan)
  return { ...own, frozen: { ...frozen, ...own.frozen }, plans: new Map([...plans, ...own.plans]) }
}

function assertDistinct(names: readonly string[]): void {
  const byId = new Map<string, string>()
  for (const name of names) {
    const other = byId.get(streamId(name))
    if (other !== undefined)
      throw new ConfigError(`streams ${other} and ${name} would both be ${streamId(name)}; rename one`)
    byId.set(streamId(name), name)
  }
}
