import { ConfigError } from '../../singer/index.js'
import type { StreamPlan } from './plan.js'
import type { Reference, ScopeName } from './template.js'

type Stream = Pick<StreamPlan, 'partition' | 'incremental'>

/** @throws ConfigError when a placeholder means what the stream does not have. */
export function checkReference(
  { scope, path }: Reference,
  { partition, incremental }: Stream,
  isInclude: boolean,
): void {
  const written = `{${[scope, ...path].join('.')}}`
  const missing: Readonly<Partial<Record<ScopeName, string | false>>> = {
    parent: partition.parent === undefined && 'parent, the name of another stream',
    list: partition.list === undefined && 'list',
    state: incremental === undefined && 'incremental',
    window: incremental?.step === undefined && 'incremental.step',
  }
  if (missing[scope]) throw new ConfigError(`${written} needs ${missing[scope]}`)
  if (!isInclude && (scope === 'params' || scope === 'body')) {
    throw new ConfigError(`${written} may stand in include alone: it is what was sent and what came`)
  }
  if (isInclude && scope === 'state')
    throw new ConfigError(`${written} may not stand in include: it changes with each run`)
  if (scope === 'page')
    throw new ConfigError(`${written} is not known: paginate puts page, offset or cursor into the request`)
  checkFields(written, scope, path)
}

function checkFields(written: string, scope: ScopeName, path: readonly string[]): void {
  switch (scope) {
    case 'config':
    case 'env':
    case 'parent':
    case 'params':
      if (path.length === 0) throw new ConfigError(`${written} needs a name: {${scope}.NAME}`)
      return
    case 'window':
      if (path.length === 1 && (path[0] === 'start' || path[0] === 'end')) return
      throw new ConfigError(`${written} is not known: there are {window.start} and {window.end}`)
    case 'state':
    case 'now':
      if (path.length > 0) throw new ConfigError(`${written} is not known: it is {${scope}}, without a name`)
      return
    case 'list':
    case 'page':
    case 'body':
      return
    default:
      scope satisfies never
  }
}
