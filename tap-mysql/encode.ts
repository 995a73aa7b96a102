/** A value of a row packet: `bytes[start…end)`. One object, used again for each value. */
export interface Slice {
  bytes: Buffer
  start: number
  end: number
}

/** Where JSON bytes go: `at` is the next free byte; there is room for six bytes per source byte and 64 more. */
export interface Output {
  bytes: Buffer
  at: number
}

/**
 * Writes one value that is not NULL. False: JSON cannot hold it; nothing was written, null goes out and is counted.
 * Throws an Error that says why a value must not be sent at all, without the value.
 */
export interface Encode {
  (value: Slice, output: Output): boolean
  /** How a long value is written before all of it has arrived; absent: not before. */
  readonly inPieces?: Pieces
}

export interface Pieces {
  /** Stands before and behind the pieces. */
  readonly quote: Buffer
  /** The length of each piece but the last is a multiple of `unit`. */
  readonly encode: (piece: Slice, output: Output) => void
  readonly unit: number
}

export function write(text: Buffer, output: Output): void {
  const { bytes } = output
  let { at } = output
  for (let index = 0; index < text.length; index++) bytes[at++] = text[index] ?? 0
  output.at = at
}

export const nullText = Buffer.from('null')
