import { ConfigError, type Json, parseJson } from '../../singer/index.js'

export type Token =
  | { readonly kind: 'value'; readonly value: Json; readonly start: number; readonly end: number }
  | { readonly kind: 'name' | 'sign' | 'end'; readonly text: string; readonly start: number; readonly end: number }

const space = /\s*/y
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const quoted = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/y
const name = /[A-Za-z_][\w]*/y
const sign = /==|!=|<=|>=|<|>|\(|\)|,/y

/** The token at or behind this place. @throws ConfigError with its column. */
export function tokenAt(text: string, from: number): Token {
  const start = from + (at(space, text, from)?.[0].length ?? 0)
  if (start >= text.length) return { kind: 'end', text: '', start, end: start }
  const digits = at(number, text, start)?.[0]
  if (digits !== undefined) return { kind: 'value', value: numberOf(digits), start, end: start + digits.length }
  const literal = at(quoted, text, start)
  if (literal) {
    const value = (literal[1] ?? literal[2] ?? '').replaceAll(/\\(.)/g, '$1')
    return { kind: 'value', value, start, end: start + literal[0].length }
  }
  const word = at(name, text, start)?.[0]
  if (word !== undefined) return { kind: 'name', text: word, start, end: start + word.length }
  const found = at(sign, text, start)?.[0]
  if (found !== undefined) return { kind: 'sign', text: found, start, end: start + found.length }
  const [wrong, right] = slips.find(([each]) => text.startsWith(each, start)) ?? [text[start] ?? '', undefined]
  throw new ConfigError(`column ${start + 1}: ${wrong} is not known${right ? `; did you mean ${right}?` : ''}`)
}

/** What other languages write. */
const slips: readonly (readonly [string, string])[] = [
  ['&&', 'and'],
  ['||', 'or'],
  ['=', '=='],
  ['!', 'not'],
]

/** Such as 007 are no numbers of JSON. */
function numberOf(digits: string): Json {
  return parseJson(digits.replace(/^(-?)0+(?=\d)/, '$1'))
}

function at(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start
  return pattern.exec(text)
}
