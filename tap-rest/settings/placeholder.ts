import { ConfigError } from '../../singer/index.js'
import { suggestion } from '../../singer/suggestion.js'
import { type Filter, filterNames, filterOf } from './filters.js'
import { plainName, readPath } from './path.js'
import { type Reference, type ScopeName, scopeNames } from './scopes.js'

/** `{parent.id|join(,)}` in a text. */
export interface Placeholder {
  /** As written, between its braces. */
  readonly text: string
  readonly reference: Reference
  readonly filters: readonly Filter[]
  /** Not to be encoded for where it stands. */
  readonly isRaw: boolean
  /** Absent is no problem. */
  readonly hasDefault: boolean
}

/** Texts and placeholders in their order; `{{` and `}}` are braces. @throws ConfigError that names the placeholder. */
export function parseText(text: string): (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = []
  let plain = ''
  let position = 0
  while (position < text.length) {
    const sign = text[position] ?? ''
    if (sign !== '{' && sign !== '}') {
      const end = nextBrace(text, position)
      plain += text.slice(position, end)
      position = end
    } else if (text[position + 1] === sign) {
      plain += sign
      position += 2
    } else {
      if (sign === '}') throw new ConfigError(`} at column ${position + 1} ends no placeholder; a brace is written }}`)
      const { placeholder, end } = readPlaceholder(text, position + 1)
      if (plain !== '') parts.push(plain)
      parts.push(placeholder)
      plain = ''
      position = end
    }
  }
  return plain === '' ? parts : [...parts, plain]
}

function nextBrace(text: string, from: number): number {
  const found = text.slice(from).search(/[{}]/)
  return found === -1 ? text.length : from + found
}

/** From behind its brace. */
function readPlaceholder(text: string, start: number): { placeholder: Placeholder; end: number } {
  const { path, end: pathEnd } = readPath(text, start, plainName)
  const { calls, end } = readCalls(text, pathEnd)
  const [scope = '', ...rest] = path
  if (text[end] !== '}') throw notUnderstood(text, start)
  const written = text.slice(start, end)
  if (!isScope(scope)) throw new ConfigError(`{${written}}: ${scope || 'this'} is no scope${scopeSuggestion(scope)}`)
  const placeholder: Placeholder = {
    text: written,
    reference: { scope, path: rest },
    filters: calls
      .filter(({ name }) => name !== 'raw')
      .map(({ name, argument }) => filterNamed(name, argument, written)),
    isRaw: calls.some(({ name }) => name === 'raw'),
    hasDefault: calls.some(({ name }) => name === 'default'),
  }
  return { placeholder, end: end + 1 }
}

function notUnderstood(text: string, start: number): ConfigError {
  const shown = /^[^}\n]{0,40}/.exec(text.slice(start))?.[0] ?? ''
  return new ConfigError(
    `{${shown}: is no placeholder such as {config.repo} or {parent.id|json}; a brace is written {{ or }}`,
  )
}

function isScope(name: string): name is ScopeName {
  return scopeNames.some((each) => each === name)
}

/** `page` is known only to be refused with an explanation. */
const usable = scopeNames.filter((name) => name !== 'page')

function scopeSuggestion(scope: string): string {
  return `${suggestion(scope, usable)}${scope === '' ? '' : ' (a brace is written {{)'}`
}

interface Call {
  readonly name: string
  readonly argument: string | undefined
}

const call = /\s*\|\s*([A-Za-z_]\w*)(?:\(\s*(?:"((?:[^"\\]|\\.)*)"\s*|'((?:[^'\\]|\\.)*)'\s*|([^)]*))\))?\s*/y

function readCalls(text: string, start: number): { calls: readonly Call[]; end: number } {
  const calls: Call[] = []
  let end = start
  for (;;) {
    call.lastIndex = end
    const found = call.exec(text)
    if (!found) return { calls, end }
    const quoted = found[2] ?? found[3]
    calls.push({ name: found[1] ?? '', argument: quoted?.replaceAll(/\\(.)/g, '$1') ?? found[4] })
    end = call.lastIndex
  }
}

function filterNamed(name: string, argument: string | undefined, written: string): Filter {
  const make = filterOf(name)
  if (!make) throw new ConfigError(`{${written}}: ${name} is no filter${suggestion(name, filterNames)}`)
  try {
    return make(argument)
  } catch (problem) {
    if (!(problem instanceof ConfigError)) throw problem
    throw new ConfigError(`{${written}}: ${name}: ${problem.message}`)
  }
}
