import type { Output } from './conversion.js'
import { twoDigits, writePadded } from './integer.js'

/** Milliseconds since 1970, from the first of year 1 to the last of year 9999: what ISO 8601 writes with four digits. */
export const firstInstant = -62_135_596_800_000
export const lastInstant = 253_402_300_799_999

/** An int64 of milliseconds; rounded where it is far outside of what has a text. */
export function instantAt(pos: number, input: DataView): number {
  return input.getInt32(pos + 4, true) * 2 ** 32 + input.getUint32(pos, true)
}

/** `2026-08-21T12:00:00.000Z`. From firstInstant to lastInstant. */
export function writeInstant(instant: number, output: Output): void {
  const day = Math.floor(instant / msOfDay)
  writeDay(day, output)
  const { view } = output
  let { at } = output
  const ms = instant - day * msOfDay
  const seconds = (ms / 1000) | 0
  const minutes = (seconds / 60) | 0
  const hours = (minutes / 60) | 0
  view.setUint8(at, letterT)
  view.setUint16(at + 1, twoDigits[hours] ?? 0)
  view.setUint8(at + 3, colon)
  view.setUint16(at + 4, twoDigits[minutes - hours * 60] ?? 0)
  view.setUint8(at + 6, colon)
  view.setUint16(at + 7, twoDigits[seconds - minutes * 60] ?? 0)
  view.setUint8(at + 9, point)
  at += 10
  output.at = at
  writePadded(ms - seconds * 1000, 3, output)
  view.setUint8(output.at++, letterZ)
}

/** Days since 1970. Years are taken to begin in March, so that a leap day is the last: howardhinnant.github.io/date_algorithms.html */
function writeDay(day: number, output: Output): void {
  const days = day + 719_468
  const era = (days / daysOf400Years) | 0
  const ofEra = days - era * daysOf400Years
  const yearOfEra = ((ofEra - ((ofEra / 1460) | 0) + ((ofEra / 36_524) | 0) - ((ofEra / 146_096) | 0)) / 365) | 0
  const ofYear = ofEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0))
  const month = ((5 * ofYear + 2) / 153) | 0
  const isNextYear = month >= 10
  writePadded(era * 400 + yearOfEra + (isNextYear ? 1 : 0), 4, output)
  const { view, at } = output
  view.setUint8(at, minus)
  view.setUint16(at + 1, twoDigits[isNextYear ? month - 9 : month + 3] ?? 0)
  view.setUint8(at + 3, minus)
  view.setUint16(at + 4, twoDigits[ofYear - (((153 * month + 2) / 5) | 0) + 1] ?? 0)
  output.at = at + 6
}

const msOfDay = 86_400_000
const daysOf400Years = 146_097
const minus = 0x2d
const point = 0x2e
const colon = 0x3a
const letterT = 0x54
const letterZ = 0x5a
