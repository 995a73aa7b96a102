import { readPath } from '../settings/path.js'
import type { Path } from '../settings/plan.js'

/** Where the records are: at names from the outside in, or where a JSONPath query (RFC 9535) finds them. */
export type RecordsPath =
  /** Of arrays a name is an index. */
  | { readonly kind: 'names'; readonly text: string; readonly names: Path }
  /** `names`: the steps before the first that may find nothing; what they lead to must be there. */
  | { readonly kind: 'query'; readonly text: string; readonly names: Path; readonly query: string }

/**
 * `data.items`, `$.data.items[*]`, `["@odata.value"]`, `$.a.[*]`; empty or `$`: the body itself. All else is taken for
 * JSONPath, whose `$` may be left out.
 */
export function recordsPath(text: string): RecordsPath {
  const trimmed = text.trim()
  const { path: names, end } = readPath(trimmed, 0, anyName)
  const rest = trimmed.slice(end)
  const isPlain = (rest === '' || /^\.?\[\*\]$/.test(rest)) && !names.some((name) => /^-\d+$/.test(name))
  return isPlain ? { kind: 'names', text, names } : { kind: 'query', text, names, query: queryOf(trimmed) }
}

/** Signs that JSONPath gives a meaning are in no name without quotes. */
const anyName = /@\w+\.\w+|[^\s.[\]*?"'()$,]+/y

function queryOf(text: string): string {
  const root = text.startsWith('$') ? '' : /^[.[]/.test(text) ? '$' : '$.'
  return root + withoutExtraDots(text)
}

/** `.[*]`, which older tools take, is `[*]` in RFC 9535. */
function withoutExtraDots(path: string): string {
  return path.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<!\.)\.(?=\[)/g, (found) => (found === '.' ? '' : found))
}
