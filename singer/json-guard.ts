/** Numbers travel through JSON.parse and JSON.stringify as strings that begin with this mark. */
export const digitsMark = '\u0000digits:'
/**
 * Keys with escapes travel through JSON.parse as hexadecimal code units behind this mark: that of Node 24 and 26 takes
 * such a key for a known one that equals the beginning of its text (`\n` for `\`).
 */
const keyMark = '\u007fkey:'

/** The text as JSON.parse reads it without loss. The same text where there is nothing to guard; no check of its syntax. */
export function guardedText(text: string): string {
  const parts: string[] = []
  let copied = 0
  for (let at = 0; at < text.length; ) {
    const start = at
    const code = text.charCodeAt(start)
    at = code === quote ? stringEnd(text, start) : isOfNumber(code) ? numberEnd(text, start) : start + 1
    const guarded = code === quote ? guardedKey(text, start, at) : guardedNumber(text, start, at)
    if (guarded === undefined) continue
    parts.push(text.slice(copied, start), guarded)
    copied = at
  }
  return copied === 0 ? text : parts.join('') + text.slice(copied)
}

export function isGuardedKey(key: string): boolean {
  return key.startsWith(keyMark)
}

export function unguardedKey(key: string): string {
  return isGuardedKey(key) ? Buffer.from(key.slice(keyMark.length), 'hex').toString('utf16le') : key
}

const quote = 0x22
const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39
const colon = 0x3a
const backslash = 0x5c
/** Integers of so many digits are doubles. */
const exactDigits = 15

/** No regular expression: one that goes over escapes in a loop needs stack for each of them. */
function stringEnd(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); at < text.length && code !== quote; code = text.charCodeAt(at)) {
    at += code === backslash ? 2 : 1
  }
  return at + 1
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine
}

function isOfNumber(code: number): boolean {
  return isDigit(code) || code === minus || code === plus || code === point || (code | 0x20) === 0x65
}

function numberEnd(text: string, start: number): number {
  let at = start + 1
  while (isOfNumber(text.charCodeAt(at))) at++
  return at
}

function guardedNumber(text: string, start: number, end: number): string | undefined {
  const first = text.charCodeAt(start)
  if (end - start === 1 || (first > zero && first <= nine && end - start <= exactDigits && isInteger(text, start, end)))
    return undefined
  const found = text.slice(start, end)
  return number.test(found) && String(Number(found)) !== found ? `"\\u0000digits:${found}"` : undefined
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/

function isInteger(text: string, start: number, end: number): boolean {
  let at = start
  while (at < end && isDigit(text.charCodeAt(at))) at++
  return at === end
}

function guardedKey(text: string, start: number, end: number): string | undefined {
  let next = end
  while (isSpace(text.charCodeAt(next))) next++
  if (text.charCodeAt(next) !== colon) return undefined
  const spelled = text.slice(start, end)
  if (!spelled.includes('\\') && !spelled.startsWith(keyMark, 1)) return undefined
  return `"${keyMark}${Buffer.from(String(JSON.parse(spelled)), 'utf16le').toString('hex')}"`
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}
