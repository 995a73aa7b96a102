import { isUtf8 } from 'node:buffer'
import { SourceError } from '../singer/index.js'

/** MariaDB keeps surrogate halves (bytes ED A0 80 …) in utf8 columns: no UTF-8, so no JSON. Names the column. */
export function assertUtf8(lines: Buffer, stream: string): void {
  if (isUtf8(lines)) return
  const column = JSON.stringify(damagedColumn(lines))
  throw new SourceError(
    `read ${stream}: column ${column} holds bytes that are no UTF-8; correct the rows where ${column} <> ` +
      `CONVERT(CONVERT(${column} USING ucs2) USING utf8mb4), or leave the column out`,
  )
}

const replacement = '\ufffd'

function damagedColumn(lines: Buffer): string {
  const line = firstDamaged(lines).toString().replaceAll(`\\${replacement}`, replacement)
  const { record } = JSON.parse(line) as { readonly record: Readonly<Record<string, unknown>> }
  const entry = Object.entries(record).find(([, value]) => JSON.stringify(value).includes(replacement))
  return entry?.[0] ?? ''
}

function firstDamaged(lines: Buffer): Buffer {
  let start = 0
  for (let end = lines.indexOf(0x0a); end >= 0; end = lines.indexOf(0x0a, start)) {
    const line = lines.subarray(start, end)
    if (!isUtf8(line)) return line
    start = end + 1
  }
  return lines.subarray(start)
}
