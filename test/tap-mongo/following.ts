import { deserialize } from 'bson'
import {
  type ChangeBatch,
  type ChangeEvent,
  type ChangeStream,
  openChangeStream,
  type Start,
} from '../../tap-mongo/change-stream/change-stream.js'
import type { Common } from '../../tap-mongo/source.js'
import type { Command, Scripted } from '../support/mongo/types.js'
import { type Given, withDeployment } from './connecting.js'

export interface Following extends Given {
  /** `orders` from now where absent. */
  readonly starts?: Readonly<Record<string, Start>>
}

export const now: Start = { kind: 'now' }

/** Follows collections of the database `shop`; waits shortly where nothing else is said. */
export function following<T>(
  server: { readonly uri: string },
  { starts = { orders: now }, settings, ...given }: Following,
  use: (stream: ChangeStream, common: Common) => Promise<T>,
  database = 'shop',
): Promise<T> {
  return withDeployment(server, { ...given, settings: { await_time_ms: 20, ...settings } }, async (common) => {
    const stream = await openChangeStream(common, { database, starts: new Map(Object.entries(starts)) })
    try {
      return await use(stream, common)
    } finally {
      await stream.close()
    }
  })
}

/** Batches until so many events have come. */
export async function untilEvents(stream: ChangeStream, count: number): Promise<ChangeBatch[]> {
  const batches: ChangeBatch[] = []
  while (batches.flatMap(({ events }) => events).length < count) batches.push(await nextOf(stream))
  return batches
}

export async function eventsOf(stream: ChangeStream, count: number): Promise<ChangeEvent[]> {
  return (await untilEvents(stream, count)).flatMap(({ events }) => events)
}

export async function nextOf(stream: ChangeStream): Promise<ChangeBatch> {
  const batch = await stream.next()
  if (!batch) throw new Error('the change stream has ended')
  return batch
}

export function from(token: Buffer | undefined): Start {
  if (!token) throw new Error('there is no token')
  return { kind: 'token', token }
}

/** `insert orders 1`: what happened, where, to which `_id`. */
export function told({ operation, collection, documentKey }: ChangeEvent): string {
  return [operation, collection, documentKey && idIn(documentKey)]
    .filter((part) => part !== '')
    .join(' ')
    .trim()
}

export function idIn(document: Buffer): unknown {
  return deserialize(document)._id
}

/** The `aggregate` commands that opened change streams. */
export function openings(server: Scripted): Command[] {
  return server.commands.filter(({ name, body }) => name === 'aggregate' && body.pipeline[0]?.$changeStream)
}
