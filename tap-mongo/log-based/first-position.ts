import type { Message, RecordLines } from '../../singer/index.js'
import { openChangeStream, type Start } from '../change-stream/change-stream.js'
import { ConnectionLostError } from '../failures.js'
import { byCollection, databaseOf, type Group, groups } from './groups.js'
import type { Run } from './run.js'

/**
 * A position for each track that has none, in the state before its copy begins. A change while the token is asked for is
 * in the copy, which reads later.
 */
export async function* takeFirstPositions(run: Run): AsyncGenerator<Message | RecordLines> {
  const fresh = run.live().filter(({ position }) => !position)
  if (fresh.length === 0) return
  for (const group of groups(fresh)) await takeGroup(run, group)
  yield run.checkpoint()
}

async function takeGroup(run: Run, group: Group): Promise<void> {
  if (run.isOver()) return
  try {
    await takePositions(run, group)
  } catch (problem) {
    const left = group.filter(({ position }) => !position)
    // One that is refused is no reason to be without the others.
    const isApart = group.length > 1 && !(problem instanceof ConnectionLostError)
    for (const track of left) isApart ? await takeGroup(run, [track]) : run.stop(track, problem)
  }
}

async function takePositions({ common, operationTime }: Run, group: Group): Promise<void> {
  const missing = byCollection(group)
  const starts = new Map([...missing.keys()].map((name): [string, Start] => [name, { kind: 'now' }]))
  const changes = await openChangeStream(common, { database: databaseOf(group[0]), starts })
  try {
    while (missing.size > 0) {
      const batch = await changes.next()
      for (const name of batch?.collections ?? [...missing.keys()]) {
        const track = missing.get(name)
        if (track) track.position = batch?.token ? { token: batch.token, time: batch.time } : { time: operationTime }
        missing.delete(name)
      }
    }
  } finally {
    await changes.close()
  }
}
