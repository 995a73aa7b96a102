import type { TypeOptions } from '../types.js'
import { writeHex } from './binary.js'
import { type Output, type Write, writeAscii } from './conversion.js'
import { isFiniteDecimal128, writeDecimal128 } from './decimal128.js'
import { writeDouble } from './double.js'
import { firstInstant, instantAt, lastInstant, writeInstant } from './instant.js'
import { ValueError } from './value-error.js'

/** Told of a value that no JSON can hold and that became null, by its position in the document. */
export type OnNulled = (pos: number) => void

/** Its 24 hex digits. */
export const objectId: Write = (pos, conversion) => {
  const { output } = conversion
  output.view.setUint8(output.at++, quote)
  writeHex(pos, pos + 12, conversion)
  output.view.setUint8(output.at++, quote)
  return pos + 12
}

export function double({ non_finite }: TypeOptions, onNulled: OnNulled): Write {
  const notFinite = non_finite === 'error' ? refuseNotFinite : nulled(onNulled)
  return (pos, conversion) => {
    const value = conversion.input.getFloat64(pos, true)
    if (Number.isFinite(value)) writeDouble(value, conversion.output)
    else notFinite(pos, conversion)
    return pos + 8
  }
}

export function decimal({ decimal, non_finite }: TypeOptions, onNulled: OnNulled): Write {
  const notFinite = non_finite === 'error' ? refuseNotFinite : nulled(onNulled)
  const mark = decimal === 'string' ? '"' : ''
  return (pos, conversion) => {
    if (isFiniteDecimal128(pos, conversion.input)) {
      writeAscii(mark, conversion.output)
      writeDecimal128(pos, conversion)
      writeAscii(mark, conversion.output)
    } else notFinite(pos, conversion)
    return pos + 16
  }
}

export function date({ date_out_of_range }: TypeOptions, onNulled: OnNulled): Write {
  const outOfRange = { null: nulled(onNulled), clamp: clampDate, error: refuseDate }[date_out_of_range]
  return (pos, conversion) => {
    const instant = instantAt(pos, conversion.input)
    if (instant >= firstInstant && instant <= lastInstant) writeQuoted(instant, conversion.output)
    else outOfRange(pos, conversion)
    return pos + 8
  }
}

/** What has a value that no JSON can hold. */
export function nulled(onNulled: OnNulled): Write {
  return (pos, { output }) => {
    writeAscii('null', output)
    onNulled(pos)
    return pos
  }
}

const clampDate: Write = (pos, { input, output }) => {
  writeQuoted(instantAt(pos, input) < firstInstant ? firstInstant : lastInstant, output)
  return pos + 8
}

const refuseDate: Write = (pos) => {
  throw new ValueError(
    'the date is outside of the years 0001 to 9999; `date_out_of_range: null` or `clamp` sends the rest',
    pos,
  )
}

const refuseNotFinite: Write = (pos) => {
  throw new ValueError('the number is NaN or an infinity, which JSON cannot hold; `non_finite: null` sends null', pos)
}

function writeQuoted(instant: number, output: Output): void {
  output.view.setUint8(output.at++, quote)
  writeInstant(instant, output)
  output.view.setUint8(output.at++, quote)
}

const quote = 0x22
