import { suggestion } from '../../singer/suggestion.js'
import type { Config } from '../config.js'
import { mergedSettings } from './plan-merge.js'
import type { Problems } from './problems.js'

/** Each parent is a stream, and none is its own ancestor. */
export function checkParents(config: Config, problems: Problems): void {
  const names = Object.keys(config.streams)
  const parents = new Map(
    names.map((name) => [name, mergedSettings(config, config.streams[name] ?? '').parent] as const),
  )
  const told = new Set<string>()
  for (const [name, parent] of parents) {
    if (parent === undefined) continue
    if (!parents.has(parent)) {
      problems.add(`streams.${name}.parent`, `${parent} is no stream${suggestion(parent, names)}`)
      continue
    }
    const cycle = cycleFrom(name, parents)
    if (cycle.length === 0 || cycle.some((each) => told.has(each))) continue
    for (const each of cycle) told.add(each)
    problems.add(`streams.${name}.parent`, `the streams are parents of each other: ${[...cycle, name].join(' → ')}`)
  }
}

/** The way from a stream over its parents back to it; empty when there is none. */
function cycleFrom(name: string, parents: ReadonlyMap<string, string | undefined>): string[] {
  const way = [name]
  for (let next = parents.get(name); next !== undefined; next = parents.get(next)) {
    if (next === name) return way
    if (way.includes(next)) return []
    way.push(next)
  }
  return []
}
