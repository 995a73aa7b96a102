/** Stands for NULL in place of a length. */
export const nullLength = 0xfb

/** How many bytes a length takes whose first byte is this: the length itself, NULL, or 2, 3 or 8 more bytes. */
export function bytesOfLength(first: number): number {
  if (first <= nullLength) return 1
  return first === 0xfc ? 3 : first === 0xfd ? 4 : 9
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html */
export function readLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  if (first < nullLength) return first
  return first === 0xfe ? Number(bytes.readBigUInt64LE(at + 1)) : bytes.readUIntLE(at + 1, bytesOfLength(first) - 1)
}
