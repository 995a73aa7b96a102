/** JSON text that grows; `at` is its end. Whoever calls a writer has made room: `maxLength` of the document's length. */
export interface Output {
  bytes: Buffer
  /** Of the same memory. */
  view: DataView
  at: number
}

/** What is read and where its JSON goes. One object, used again for each document. */
export interface Conversion {
  /** One document: reading behind its end is a RangeError. */
  input: DataView
  readonly output: Output
}

/** Writes the value that begins at `pos` of the input; returns the position after it. */
export type Write = (pos: number, conversion: Conversion) => number

export function writeAscii(text: string, output: Output): void {
  const { view } = output
  let { at } = output
  for (let i = 0; i < text.length; i++) view.setUint8(at++, text.charCodeAt(i))
  output.at = at
}
