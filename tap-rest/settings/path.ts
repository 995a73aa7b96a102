import { ConfigError, isObject, type Json, jsonText } from '../../singer/index.js'
import type { Path } from './plan.js'

/**
 * `a.b`, `$.a.b`, `a["b.c"]`, `["@odata.nextLink"]`, `a[0]`, `a[-1]`. A name that begins with `@` has its dot within:
 * `@odata.nextLink` is one.
 * @throws ConfigError when it is none, or means several values.
 */
export function parsePath(text: string): Path {
  const { path, end } = readPath(text, 0, anyName)
  if (text.trim() !== '' && end === text.length) return path
  if (text.includes('*') || text.includes('..')) throw new ConfigError('must be the path of one value, such as a.b')
  throw new ConfigError(`must be a path such as a.b or a["b.c"], column ${end + 1} is not understood`)
}

/** As far as it goes from there. Between dots stand names of this pattern, which must be sticky. */
export function readPath(text: string, start: number, name: RegExp): { readonly path: Path; readonly end: number } {
  const path: string[] = []
  let end = matched(/\$(?=[.[]|$)/y, text, start)?.end ?? start
  const isRooted = end > start
  for (;;) {
    const dot = text[end] === '.' ? end + 1 : path.length === 0 && !isRooted ? end : undefined
    const found = matched(bracket, text, end) ?? (dot === undefined ? undefined : matched(name, text, dot))
    if (!found) return { path, end }
    path.push(found.key)
    end = found.end
  }
}

export const anyName = /@\w+\.\w+|[^.[\]]+/y
/** As templates and expressions have them, where other signs mean something. */
export const plainName = /@\w+\.\w+|[\w$@-]+/y

const bracket = /\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+))\]/y

function matched(pattern: RegExp, text: string, start: number): { key: string; end: number } | undefined {
  pattern.lastIndex = start
  const found = pattern.exec(text)
  if (!found) return undefined
  const quoted = found[1] ?? found[2]
  const key = quoted === undefined ? (found[3] ?? found[0]) : quoted.replaceAll(/\\(.)/g, '$1')
  return { key, end: start + found[0].length }
}

/** As `parsePath` reads it. */
export function pathText(path: Path): string {
  return path.reduce((all, name) => `${all}${/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${jsonText(name)}]`}`, '$')
}

/** `undefined` when there is no such value. Of lists a name is an index, from the end when it is negative. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let inner = value
  for (const name of path) {
    if (Array.isArray(inner)) inner = /^-?\d+$/.test(name) ? inner.at(Number(name)) : undefined
    else inner = isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined
  }
  return inner
}
