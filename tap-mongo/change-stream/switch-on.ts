import { codeOf } from '../failures/failure.js'
import { sourceFailure } from '../failures.js'
import type { Commands } from './cursor.js'

/** Amazon DocumentDB keeps no log of a collection before it is told to, and says so with the code of a lost position. */
export function isSwitchedOff(cause: unknown): boolean {
  return codeOf(cause) === cappedPositionLost
}

const cappedPositionLost = 136

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/change_streams.html */
export async function switchOn({ common, database }: Commands, collections: readonly string[]): Promise<void> {
  const { client } = common.deployment
  for (const collection of collections) {
    common.context.log.info('switching the change stream on', { database, collection })
    try {
      await client.db('admin').command({ modifyChangeStreams: 1, database, collection, enable: true })
    } catch (cause) {
      throw sourceFailure(`switch the change stream of ${database}.${collection} on`, cause)
    }
  }
}
