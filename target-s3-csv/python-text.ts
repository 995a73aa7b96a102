import { compare, decimal } from './decimal.js'

/**
 * A number of JSON with a point or an exponent, as Python prints the float that it reads from it. One that a float
 * cannot hold keeps its digits.
 */
export function pythonNumber(text: string): string {
  const value = Number(text)
  const printed = pythonFloat(value)
  const isExact = fitsDouble.test(text) || compare(decimal(printed), decimal(text)) === 0
  return Number.isFinite(value) && isExact ? printed : text
}

// Every number of up to 15 digits, unless an exponent takes it out of range.
const fitsDouble = /^[-.\d]{1,15}$/

/** https://docs.python.org/3/library/functions.html#repr: the shortest digits, an exponent below 1e-4 and from 1e16 on. */
function pythonFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+'
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  // JavaScript prints no exponent here either.
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

/** A JSON text as json.dumps prints what json.loads reads from it: spaces after commas and colons, ASCII only. */
export function pythonJson(json: string): string {
  return json.replace(token, (found) => {
    if (found === ',') return ', '
    if (found === ':') return ': '
    if (found.startsWith('"')) return pythonString(found)
    return /^-?\d/.test(found) && /[.eE]/.test(found) ? pythonNumber(found) : found.trim()
  })
}

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|\s+|[,:]|[-+.\w]+/g

function pythonString(json: string): string {
  const escaped = JSON.stringify(JSON.parse(json))
  return escaped.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
