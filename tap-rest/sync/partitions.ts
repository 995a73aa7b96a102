import { hash } from 'node:crypto'
import { type JsonObject, stableText } from '../../singer/index.js'
import type { Bookmark } from '../../singer/state.js'
import type { PartitionPlan } from '../settings/plan.js'
import type { Scopes } from '../settings/template.js'
import { parentsTogether, readParents } from './parents.js'
import type { ParentSource } from './source.js'

/** What requests are made for: a parent's record, an item of `list`, both, or nothing in particular. */
export interface Partition {
  readonly scopes: Pick<Scopes, 'parent' | 'list'>
  /** Equal for equal values in the scopes; empty where there is one partition only. */
  readonly id: string
}

/** The items of `list`; without one a single partition. */
export function listPartitions({ list }: PartitionPlan): Partition[] {
  return list ? list.map((item) => partition({ list: item })) : [{ scopes: {}, id: '' }]
}

/** For each parent, in the order of their stream, the whole list. */
export async function* parentPartitions(
  plan: PartitionPlan,
  parent: ParentSource,
  parents: { readonly since: Bookmark; reached(bookmark: Bookmark): void },
): AsyncGenerator<Partition> {
  const read = readParents(parent, parents.since, parents.reached)
  for await (const scope of plan.chunk === undefined ? read : chunks(parent, read, plan.chunk)) {
    for (const { scopes } of listPartitions(plan)) yield partition({ ...scopes, parent: scope })
  }
}

async function* chunks(parent: ParentSource, parents: AsyncIterable<JsonObject>, size: number) {
  let chunk: JsonObject[] = []
  for await (const each of parents) {
    if (chunk.push(each) < size) continue
    yield parentsTogether(parent, chunk)
    chunk = []
  }
  if (chunk.length > 0) yield parentsTogether(parent, chunk)
}

/** 72 bits tell more parents apart than anybody has. */
function partition(scopes: Partition['scopes']): Partition {
  const values = stableText([scopes.parent ?? null, scopes.list ?? null])
  return { scopes, id: hash('sha1', values, 'base64').slice(0, 12) }
}
