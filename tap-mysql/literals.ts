import { ConfigError, Digits, type Json } from '../singer/index.js'
import { quoteText } from './sql.js'

/**
 * A record's value, or the same in the words of another tap's state → SQL literal. Comparing a column with it is exact
 * and uses the column's collation.
 */
export type Literal = (value: Json) => string

/** Integers and DECIMAL, also written as a string. */
export const numberLiteral: Literal = (value) => {
  const text = value instanceof Digits ? value.text : String(value)
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text : refuse('a number')
}

export const bitLiteral: Literal = (value) =>
  typeof value === 'boolean' ? String(Number(value)) : numberLiteral(value)

/** `'0000'`: the number 0, or 99, would be read as a year of two digits. */
export const yearLiteral: Literal = (value) => `'${numberLiteral(value).padStart(4, '0')}'`

export const textLiteral: Literal = (value) => (typeof value === 'string' ? quoteText(value) : refuse('a string'))

export const base64Literal: Literal = (value) => bytesLiteral(value, 'base64')

export const hexLiteral: Literal = (value) => bytesLiteral(value, 'hex')

function bytesLiteral(value: Json, encoding: 'base64' | 'hex'): string {
  return typeof value === 'string' ? `x'${Buffer.from(value, encoding).toString('hex')}'` : refuse(encoding)
}

/** Keeps the first ten characters of a date-time: singer-io writes DATE so. */
export const dateLiteral: Literal = (value) => `'${instant(value).slice(0, 10)}'`

export const dateTimeLiteral: Literal = (value) => `'${instant(value)}'`

/** `-12:00:01.5`; singer-io writes TIME as a date-time of 1970-01-01. */
export const timeLiteral: Literal = (value) => {
  const found = /^(?:1970-01-01[T ])?(-?\d{1,3}:\d\d:\d\d(?:\.\d{1,6})?)\d*(?:Z|\+00:?00)?$/.exec(String(value))
  return found ? `'${found[1]}'` : refuse('a time')
}

const dateAndTime = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?\d*)?(Z|[+-]\d\d:?\d\d)?$/i

/** `2024-01-01T02:00:00.123456+02:00` → `2024-01-01 00:00:00.123456`; without an offset it is UTC already. */
function instant(value: Json): string {
  const [, date, time = '00:00:00', fraction = '', offset = 'Z'] = dateAndTime.exec(String(value)) ?? []
  const utc = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${offset.replace(/(\d\d)(\d\d)$/, '$1:$2')}`)
  if (Number.isNaN(utc)) return refuse('a date or date-time')
  return new Date(utc).toISOString().slice(0, 19).replace('T', ' ') + fraction
}

function refuse(expected: string): never {
  throw new ConfigError(`the value of a key in the state or in start_date is not ${expected}`)
}
