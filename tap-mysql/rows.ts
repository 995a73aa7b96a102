import type { Context } from '../singer/index.js'
import type { Session } from './connection.js'
import type { Definition } from './definitions.js'
import type { Encode } from './encode.js'
import { sourceFailure } from './failures.js'
import { RowReader } from './row-reader.js'
import { wireOf } from './wire.js'

/** A SELECT whose rows become RECORD lines: prefix, `"name":value` of each column separated by commas, suffix. */
export interface RowQuery {
  readonly stream: string
  readonly sql: string
  /** In the order of the SELECT. */
  readonly columns: readonly SelectedColumn[]
  /** `{"type":"RECORD","stream":"…","record":{` */
  readonly prefix: Buffer
  /** `},…}\n` */
  readonly suffix: Buffer
  /** Column → how many of its values no JSON could hold and became null. rowBlocks adds to it. */
  readonly nulled: Map<string, number>
}

export interface SelectedColumn {
  readonly name: string
  readonly encode: Encode
  /** Its type when the table was discovered, for messages. */
  readonly columnType: string
  /** False for what the encoder was not made for. */
  readonly isAsBefore: (definition: Definition) => boolean
}

/** Complete lines; unchanged until two more blocks have been pulled. */
export interface RowBlock {
  readonly lines: Buffer
  readonly count: number
}

/**
 * Fails with a SourceError when the server refuses, is lost (ConnectionLostError), or a value cannot be sent; ends
 * without one when `context.signal` is aborted. The session can be used again only after the last block.
 */
export async function* rowBlocks(session: Session, query: RowQuery, context: Context): AsyncGenerator<RowBlock> {
  const reader = new RowReader(wireOf(session.connection), query)
  let isOpen = true
  try {
    for (;;) {
      const block = await reader.next()
      if (block === undefined) break
      yield block
    }
    isOpen = false
  } catch (failure) {
    if (!context.signal.aborted) throw sourceFailure(`read ${query.stream}`, failure)
  } finally {
    if (isOpen) session.destroy()
  }
}
