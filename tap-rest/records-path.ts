import type { Path } from './plan.js'

/** Where the records are: at names from the outside in, or where a JSONPath query (RFC 9535) finds them. */
export type RecordsPath =
  | { readonly kind: 'names'; readonly text: string; readonly names: Path }
  /** `start`: the steps before the first one that may find nothing; what they lead to must be there. */
  | { readonly kind: 'query'; readonly text: string; readonly query: string; readonly start: readonly Step[] }

export type Step = string | number

/**
 * `data.items`, `$.data.items[*]`, `["@odata.value"]`, `$.a.[*]`; empty or `$`: the body itself. All else is taken for
 * JSONPath, whose `$` may be left out.
 */
export function recordsPath(text: string): RecordsPath {
  const path = rooted(text.trim())
  const { steps, rest } = stepsOf(path)
  if ((rest === '' || /^\.?\[\*\]$/.test(rest)) && steps.every((step) => typeof step === 'string')) {
    return { kind: 'names', text, names: steps }
  }
  return { kind: 'query', text, query: `$${withoutExtraDots(path)}`, start: steps }
}

/** A path that reads back as these names. */
export function pathText(names: Path): string {
  const text = names.map((name) => (plainName.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join('')
  if (text === '' || text === '.auto') return `$${text}`
  return text.startsWith('.') ? text.slice(1) : text
}

/** Without `$`; every name has a dot or brackets before it. */
function rooted(text: string): string {
  if (text.startsWith('$')) return text.slice(1)
  return text === '' || text.startsWith('[') || text.startsWith('.') ? text : `.${text}`
}

const plainName = /^[^\s.[\]*?"'()$,]+$/
const nextStep = /\.([^\s.[\]*?"'()$,]+)|\.?\[(?:("(?:[^"\\]|\\.)*")|('(?:[^'\\]|\\.)*')|(\d+))\]/y

function stepsOf(path: string): { readonly steps: Step[]; readonly rest: string } {
  const steps: Step[] = []
  nextStep.lastIndex = 0
  let pos = 0
  for (let found = nextStep.exec(path); found !== null; found = nextStep.exec(path)) {
    const [, name, double, single, index] = found
    steps.push(index === undefined ? (name ?? unquoted(double ?? asDouble(single ?? "''"))) : Number(index))
    pos = nextStep.lastIndex
  }
  return { steps, rest: path.slice(pos) }
}

function asDouble(single: string): string {
  return `"${single.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"`
}

/** Of a broken escape the text itself, which then is no name of any body. */
function unquoted(double: string): string {
  try {
    return JSON.parse(double)
  } catch {
    return double
  }
}

/** `.[*]`, which older tools take, is `[*]` in RFC 9535. */
function withoutExtraDots(path: string): string {
  return path.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<!\.)\.(?=\[)/g, (found) => (found === '.' ? '' : found))
}
