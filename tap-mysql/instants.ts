import type { Encode } from './encode.js'

/** `2024-02-29`. False for zero, partial and impossible dates (2024-00-00, 2023-02-30). */
export const date: Encode = (value, output) => {
  if (!isDate(value.bytes, value.start)) return false
  const target = output.bytes
  target[output.at++] = quote
  output.at += value.bytes.copy(target, output.at, value.start, value.end)
  target[output.at++] = quote
  return true
}

/** `2024-02-29 12:00:00.5`, UTC → `2024-02-29T12:00:00.5Z`. */
export const dateTime: Encode = (value, output) => {
  const { bytes, start, end } = value
  if (!isDate(bytes, start)) return false
  const target = output.bytes
  let { at } = output
  target[at++] = quote
  for (let from = start; from < end; from++) target[at++] = bytes[from] ?? 0
  target[output.at + 11] = letterT
  target[at++] = letterZ
  target[at++] = quote
  output.at = at
  return true
}

const quote = 0x22
const letterT = 0x54
const letterZ = 0x5a
const zero = 0x30

function isDate(bytes: Buffer, start: number): boolean {
  const month = twoDigits(bytes, start + 5)
  const day = twoDigits(bytes, start + 8)
  return month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysIn(month, bytes, start))
}

function daysIn(month: number, bytes: Buffer, start: number): number {
  const year = 100 * twoDigits(bytes, start) + twoDigits(bytes, start + 2)
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 && isLeap ? 29 : (days[month - 1] ?? 0)
}

const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function twoDigits(bytes: Buffer, at: number): number {
  return 10 * ((bytes[at] ?? 0) - zero) + (bytes[at + 1] ?? 0) - zero
}
