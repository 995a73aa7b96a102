import { asObject, ConfigError, Digits, isObject, type Json, SourceError } from '../../singer/index.js'
import { suggestion } from '../../singer/suggestion.js'
import { valueAt } from './path.js'
import { type Placeholder, parseText } from './placeholder.js'
import type { Reference, Scopes } from './scopes.js'

export type { Reference, ScopeName, Scopes } from './scopes.js'

/** A JSON value with placeholders `{scope.path|filter}`, parsed once. */
export interface Template {
  readonly references: readonly Reference[]
  /**
   * The value. A text that is one placeholder gives the placeholder's value with its type; `undefined` when that is
   * absent. Without a state yet, a text with `{state}` is absent as a whole. What is absent within an object or a list
   * is left out of it.
   * @throws SourceError that names the placeholder when a part of a longer text is absent, or a filter cannot read it.
   */
  render(scopes: Scopes): Json | undefined
}

export interface TemplateOptions {
  /** Scopes that are known already, and then need not be given to `render`: what is not in them is a ConfigError. */
  readonly bound?: Scopes
  /** Applied to each value that is put into a longer text or an only one. */
  readonly encode?: (text: string) => string
}

/** @throws ConfigError with a line per problem. */
export function parseTemplate(value: Json, options: TemplateOptions = {}): Template {
  const problems: string[] = []
  const references: Reference[] = []
  const render = compiled(value, (text, place) => {
    try {
      const parts = parseText(text)
      const placeholders = parts.filter((part) => typeof part !== 'string')
      for (const each of placeholders) checkBound(each, options.bound)
      references.push(...placeholders.map(({ reference }) => reference))
      return parts
    } catch (problem) {
      if (!(problem instanceof ConfigError)) throw problem
      problems.push(...problem.message.split('\n').map((line) => `${place && `${place}: `}${line}`))
      return []
    }
  })
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return { references, render: (scopes) => render({ scopes: { ...options.bound, ...scopes }, encode: options.encode }) }
}

interface Rendering {
  readonly scopes: Scopes
  readonly encode: ((text: string) => string) | undefined
}

type Parts = readonly (string | Placeholder)[]
type Render = (rendering: Rendering) => Json | undefined

function compiled(value: Json, parse: (text: string, place: string) => Parts, place = ''): Render {
  if (typeof value === 'string') return textOf(parse(value, place))
  const inner = (item: Json, key: string | number) => compiled(item, parse, `${place && `${place}.`}${key}`)
  if (Array.isArray(value)) {
    const items = value.map((item: Json, index) => inner(item, index))
    return (rendering) => items.map((render) => render(rendering)).filter((item) => item !== undefined)
  }
  if (!isObject(value)) return () => value
  const entries = Object.entries(value).map(([key, item]) => [key, inner(item, key)] as const)
  return (rendering) =>
    Object.fromEntries(
      entries.flatMap(([key, render]) => {
        const item = render(rendering)
        return item === undefined ? [] : [[key, item]]
      }),
    )
}

function textOf(parts: Parts): Render {
  const [first] = parts
  if (parts.length === 0) return () => ''
  if (parts.length === 1 && typeof first === 'string') return () => first
  if (parts.length === 1 && first && typeof first !== 'string') return (rendering) => only(first, rendering)
  return (rendering) => {
    if (parts.some((part) => isStateToCome(part, rendering))) return undefined
    return parts.map((part) => (typeof part === 'string' ? part : within(part, rendering))).join('')
  }
}

/** A placeholder by itself keeps its type, unless it becomes a part of a URL. */
function only(placeholder: Placeholder, rendering: Rendering): Json | undefined {
  const value = filtered(placeholder, rendering)
  if (value === undefined || !rendering.encode) return value
  return within(placeholder, rendering)
}

function within(placeholder: Placeholder, rendering: Rendering): string {
  const text = plainText(filtered(placeholder, rendering), placeholder)
  return placeholder.isRaw ? text : (rendering.encode?.(text) ?? text)
}

function plainText(value: Json | undefined, placeholder: Placeholder): string {
  if (value === undefined || value === null) throw new SourceError(`{${placeholder.text}}: has no value here`)
  if (value instanceof Digits) return value.text
  if (typeof value !== 'object') return String(value)
  throw new SourceError(`{${placeholder.text}}: is a list or an object; add a filter such as |join(,) or |json`)
}

function isStateToCome(part: string | Placeholder, rendering: Rendering): boolean {
  return typeof part !== 'string' && part.reference.scope === 'state' && filtered(part, rendering) === undefined
}

function filtered({ reference, filters, text }: Placeholder, { scopes }: Rendering): Json | undefined {
  const value = valueAt(scopes[reference.scope], reference.path)
  try {
    return filters.reduce<Json | undefined>((before, filter) => filter(before), value)
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause
    throw new SourceError(`{${text}}: ${cause.message}`, { cause })
  }
}

function checkBound({ reference, hasDefault, text }: Placeholder, bound: Scopes | undefined): void {
  const { scope, path } = reference
  if (hasDefault || bound?.[scope] === undefined || valueAt(bound[scope], path) !== undefined) return
  if (scope === 'env') throw new ConfigError(`the variable ${path.join('.')} of the environment is not set`)
  const found = path.findIndex((_, index) => valueAt(bound[scope], path.slice(0, index + 1)) === undefined)
  const known = Object.keys(asObject(valueAt(bound[scope], path.slice(0, found))))
  throw new ConfigError(`{${text}}: ${path[found]} is not set${suggestion(path[found] ?? '', known)}`)
}

/** What `parseTemplate` reads as this text: braces doubled. */
export function literal(text: string): string {
  return text.replaceAll(/[{}]/g, '$&$&')
}
