import { type Encode, type Output, type Pieces, type Slice, write } from './encode.js'

/** Numbers whose text is JSON already. */
export const digits: Encode = (value, output) => {
  const { bytes, end } = value
  const target = output.bytes
  let { at } = output
  for (let from = value.start; from < end; from++) {
    const byte = bytes[from] ?? 0
    if (isOfNumber[byte] === 0) throw new Error('was a number at the start of the run and is none now; run again')
    target[at++] = byte
  }
  output.at = at
  return true
}

/** ZEROFILL and YEAR: `000042` is no JSON. */
export const paddedDigits: Encode = (value, output) => {
  const { bytes, end } = value
  while (bytes[value.start] === zero && value.start + 1 < end && bytes[value.start + 1] !== point) value.start += 1
  return digits(value, output)
}

export const text = piecewise({
  quote: Buffer.from('"'),
  unit: 1,
  encode({ bytes, start, end }, output) {
    const target = output.bytes
    let { at } = output
    for (let from = start; from < end; from++) {
      const byte = bytes[from] ?? 0
      const letter = escapeLetters[byte] ?? 0
      if (letter === 0) target[at++] = byte
      else if (letter === letterU) at += target.write(escapes[byte] ?? '', at, 'latin1')
      else {
        target[at++] = backslash
        target[at++] = letter
      }
    }
    output.at = at
  },
})

/** Text that holds nothing to escape: TIME, and DECIMAL as a string. */
export const quoted =
  (encode: Encode): Encode =>
  (value, output) => {
    output.bytes[output.at++] = quote
    const isWritten = encode(value, output)
    output.bytes[output.at++] = quote
    return isWritten
  }

/** MySQL's JSON, which the server has parsed and printed itself. */
export const json = piecewise({
  quote: Buffer.alloc(0),
  unit: 1,
  encode({ bytes, start, end }, output) {
    output.at += bytes.copy(output.bytes, output.at, start, end)
  },
})

export const boolean: Encode = (value, output) => word(value.bytes[value.start] === zero ? 'false' : 'true', output)

export const bit: Encode = (value, output) => word(value.bytes[value.start] === 0 ? 'false' : 'true', output)

/** BIT(n): big-endian bytes. */
export const bits: Encode = (value, output) => {
  const { bytes, start, end } = value
  const number =
    end - start > 6 ? BigInt(`0x${bytes.toString('hex', start, end)}`) : bytes.readUIntBE(start, end - start)
  return word(String(number), output)
}

export const base64 = piecewise({
  quote: Buffer.from('"'),
  unit: 3,
  encode({ bytes, start, end }, output) {
    const target = output.bytes
    let { at } = output
    let from = start
    for (; from + 2 < end; from += 3) {
      const group = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0)
      target[at++] = base64Digits[group >> 18] ?? 0
      target[at++] = base64Digits[(group >> 12) & 63] ?? 0
      target[at++] = base64Digits[(group >> 6) & 63] ?? 0
      target[at++] = base64Digits[group & 63] ?? 0
    }
    output.at = at + target.write(bytes.toString('base64', from, end), at, 'latin1')
  },
})

export const hex = piecewise({
  quote: Buffer.from('"'),
  unit: 1,
  encode({ bytes, start, end }, output) {
    const target = output.bytes
    let { at } = output
    for (let from = start; from < end; from++) {
      const byte = bytes[from] ?? 0
      target[at++] = hexDigits[byte >> 4] ?? 0
      target[at++] = hexDigits[byte & 15] ?? 0
    }
    output.at = at
  },
})

function piecewise(inPieces: Pieces): Encode {
  const { quote, encode } = inPieces
  return Object.assign(
    (value: Slice, output: Output) => {
      write(quote, output)
      encode(value, output)
      write(quote, output)
      return true
    },
    { inPieces },
  )
}

export function word(text: string, output: Output): boolean {
  output.at += output.bytes.write(text, output.at, 'latin1')
  return true
}

export function latin1(value: Slice): string {
  return value.bytes.toString('latin1', value.start, value.end)
}

const quote = 0x22
const zero = 0x30
const point = 0x2e
const hexDigits = Buffer.from('0123456789abcdef')
const base64Digits = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const isOfNumber = byteTable((byte) => '0123456789+-.eE'.includes(String.fromCharCode(byte)))
const escapes = Array.from({ length: 256 }, (_, byte) => JSON.stringify(String.fromCharCode(byte)).slice(1, -1))
/** What follows the backslash; 0: the byte stands for itself, as all of UTF-8 above 0x7F does. */
const escapeLetters = Uint8Array.from(escapes, (escaped) => (escaped.length > 1 ? escaped.charCodeAt(1) : 0))
const backslash = 0x5c
const letterU = 0x75

function byteTable(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0))
}
