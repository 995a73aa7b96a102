/** A record of the fake API: its JSON text, and what filters and tokens look at. */
export interface ApiRecord {
  readonly text: string
  readonly id: string
  readonly updatedAt: string
}

export interface RecordOptions {
  /** The first id; the others count up. `9007199254740993` gives ids that no double holds. */
  readonly firstId?: bigint
}

/** Ascending ids and times, a minute apart from 2024-01-01; nested values, unicode, a number that must keep its digits. */
export function apiRecords(count: number, { firstId = 1n }: RecordOptions = {}): ApiRecord[] {
  return Array.from({ length: count }, (_, i) => apiRecord(i, firstId))
}

function apiRecord(i: number, firstId: bigint): ApiRecord {
  const id = String(firstId + BigInt(i))
  const updatedAt = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString().replace('.000', '')
  const text =
    `{"id":${id},"name":"Zoë ${i} 🚲","updated_at":"${updatedAt}","amount":${i}.10,` +
    `"nested":{"deep":{"number":${i}},"tags":["a","b\\"}]"]},"gone":null}`
  return { text, id, updatedAt }
}

/** The children of one parent: `{"id": "<parent>-1", "parent": "<parent>"}` and so on. */
export function apiChildren(parent: string, count: number): ApiRecord[] {
  const updatedAt = '2024-01-01T00:00:00Z'
  return Array.from({ length: count }, (_, i) => {
    const id = `${parent}-${i + 1}`
    return { text: JSON.stringify({ id, parent, updated_at: updatedAt }), id, updatedAt }
  })
}

/** What the query's filters leave: `since` inclusive, `after` exclusive, `until` exclusive; texts of times compare as such. */
export function filtered(records: readonly ApiRecord[], query: URLSearchParams): readonly ApiRecord[] {
  const [since, after, until] = ['since', 'after', 'until'].map((name) => query.get(name))
  if (!since && !after && !until) return records
  return records.filter(
    ({ updatedAt }) => (!since || updatedAt >= since) && (!after || updatedAt > after) && (!until || updatedAt < until),
  )
}

export const listOf = (records: readonly ApiRecord[]): string => `[${records.map(({ text }) => text).join(',')}]`
