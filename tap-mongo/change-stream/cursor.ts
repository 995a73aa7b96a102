import type { ClientSession, Document } from 'mongodb'
import { codeOf } from '../failures/failure.js'
import type { Common } from '../source.js'
import { type Reply, replyOf } from './reply.js'

/** Runs commands of one change stream: all of a cursor's in the session that opened it, as servers demand. */
export interface Commands {
  readonly common: Common
  readonly database: string
  readonly session: ClientSession | undefined
}

/** A cursor on the server. */
export interface Cursor {
  /** To the opening. */
  readonly first: Reply
  /** Undefined: the server has closed the cursor. */
  more(awaitMs: number): Promise<Reply | undefined>
  close(): Promise<void>
}

export async function openCursor(commands: Commands, aggregate: string | 1, stages: object[]): Promise<Cursor> {
  // With 1 the answer comes as soon as there is anything, not when a batch is full.
  const first = await run(commands, { aggregate, pipeline: stages, cursor: { batchSize: 1 } })
  let { cursor: id, collection } = first
  return {
    first,
    async more(awaitMs) {
      if (id === 0n) return undefined
      const batchSize = Math.min(commands.common.config.batch_size, eventsAtOnce)
      const reply = await find(commands, { getMore: id, collection, batchSize, maxTimeMS: awaitMs })
      id = reply.cursor
      collection = reply.collection
      return reply
    },
    async close() {
      if (id !== 0n) await kill(commands, { killCursors: collection, cursors: [id] })
      id = 0n
    },
  }
}

/** Of 10,000 events a reply may have its 16 MB each time: measured, 50 MB more. */
const eventsAtOnce = 1000

/**
 * Of several routers one has the cursor, and the driver asks any: one after the other until it is found. All but that one
 * answer at once. https://www.mongodb.com/docs/manual/core/sharded-cluster-query-router/
 */
async function find(commands: Commands, getMore: Document): Promise<Reply> {
  const { hosts } = commands.common.deployment.client.options
  for (let left = (hosts.length - 1) * attemptsPerRouter; ; left--) {
    try {
      return await run(commands, getMore)
    } catch (cause) {
      if (codeOf(cause) !== cursorNotFound || left <= 0) throw cause
    }
  }
}

const cursorNotFound = 43
/** Chosen at random: with so many the right one is missed once in thousands. */
const attemptsPerRouter = 10

/** From the primary, as without a read preference: each command finds the server that has the cursor. */
async function run({ common, database, session }: Commands, command: Document): Promise<Reply> {
  const { deployment, context } = common
  const options = { raw: true, signal: context.signal, ...(session && { session }) }
  return replyOf(await deployment.client.db(database).command(command, options))
}

/** The server forgets a cursor that nobody asks after in ten minutes: no loss when this one does not get through. */
async function kill({ common, database, session }: Commands, command: Document): Promise<void> {
  if (common.context.signal.aborted) return
  await common.deployment.client
    .db(database)
    .command(command, session && { session })
    .catch(() => undefined)
}
