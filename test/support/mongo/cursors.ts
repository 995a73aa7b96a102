import { arrayOf, documentOf, withFields } from './elements.js'
import { Refusal } from './refusal.js'
import type { Batch, Command, Cursor } from './types.js'

/** The open cursors of a server. */
export interface Cursors {
  readonly size: number
  open(cursor: Cursor): bigint
  getMore(command: Command): Promise<Buffer>
  kill(command: Command): Record<string, unknown>
  closeAll(): void
}

export function serverCursors(): Cursors {
  const cursors = new Map<bigint, Cursor>()
  let lastId = 4_000_000_000_000n
  return {
    get size() {
      return cursors.size
    },
    open(cursor) {
      lastId += 1n
      cursors.set(lastId, cursor)
      return lastId
    },
    async getMore(command) {
      const id = BigInt(String(command.body.getMore))
      const cursor = cursors.get(id)
      if (!cursor) throw new Refusal(43, 'CursorNotFound', `cursor id ${id} not found`)
      const batch = await cursor.next(command)
      if (batch.isLast) cursors.delete(id)
      return cursorReply('nextBatch', batch, batch.isLast ? 0n : id, cursor.namespace)
    },
    kill({ body }) {
      const asked: unknown[] = body.cursors ?? []
      const ids = asked.map((id) => BigInt(String(id)))
      const [killed, unknown] = [ids.filter((id) => cursors.has(id)), ids.filter((id) => !cursors.has(id))]
      for (const id of killed) {
        cursors.get(id)?.close?.()
        cursors.delete(id)
      }
      return { cursorsKilled: killed, cursorsNotFound: unknown, cursorsAlive: [], cursorsUnknown: [], ok: 1 }
    },
    closeAll() {
      for (const cursor of cursors.values()) cursor.close?.()
      cursors.clear()
    },
  }
}

/** The reply of `find`, `aggregate`, `getMore` and all others that list. */
export function cursorReply(name: 'firstBatch' | 'nextBatch', batch: Batch, id: bigint, namespace: string): Buffer {
  const documents = { name, type: 4, bytes: arrayOf(batch.documents) }
  const cursor = withFields(documentOf([documents]), { id, ns: namespace, ...batch.fields })
  return withFields(documentOf([{ name: 'cursor', type: 3, bytes: cursor }]), { ok: 1 })
}
