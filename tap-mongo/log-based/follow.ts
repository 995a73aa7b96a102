import type { Timestamp } from 'mongodb'
import type { Message, RecordLines } from '../../singer/index.js'
import { type ChangeBatch, openChangeStream, type Start } from '../change-stream/change-stream.js'
import { ConnectionLostError, HistoryLostError } from '../failures.js'
import { endOf } from './events.js'
import { finishLine } from './finish-line.js'
import { databaseOf, type Group, groups } from './groups.js'
import { historyLost } from './history-lost.js'
import { isAtOrBehind, startOf } from './position.js'
import type { Run } from './run.js'
import { sendChanges, stopAt } from './send-changes.js'
import { shareTokens } from './share-tokens.js'
import type { Track } from './track.js'

/** What has changed until this time, and what the server adds meanwhile, database by database. */
export async function* followAll(run: Run, until: Timestamp): AsyncGenerator<Message | RecordLines> {
  const isBefore = ({ position }: Track) => position && !(position.time && isAtOrBehind(position.time, until))
  for (const group of groups(run.live().filter(isBefore))) yield* followGroup(run, group, until)
  shareTokens(run)
}

async function* followGroup(run: Run, group: Group, until: Timestamp): AsyncGenerator<Message | RecordLines> {
  if (run.isOver()) return
  try {
    yield* follow(run, group, until)
  } catch (problem) {
    const tracks = group.filter(({ isStopped }) => !isStopped)
    const apart = groupsApart(tracks, problem).filter(({ length }) => length < group.length)
    if (apart.length > 0) for (const one of apart) yield* followGroup(run, one, until)
    else for (const track of tracks) fail(run, track, problem)
  }
}

/** The server did not say which token it does not know any more, or which collection it refuses: each for itself. */
function groupsApart(tracks: readonly Track[], problem: unknown): Group[] {
  if (problem instanceof ConnectionLostError) return []
  return problem instanceof HistoryLostError ? groups(tracks) : tracks.map((track): Group => [track])
}

function fail(run: Run, track: Track, problem: unknown): void {
  if (problem instanceof HistoryLostError) historyLost(run, track, problem)
  else run.stop(track, problem)
}

async function* follow(run: Run, group: Group, until: Timestamp): AsyncGenerator<Message | RecordLines> {
  const { common } = run
  const line = finishLine(group, until, common.config)
  const heard = new Set<string>()
  const database = databaseOf(group[0])
  const changes = await openChangeStream(common, { database, starts: startsOf(group) })
  try {
    while (!line.isReached() && !run.isOver()) {
      const batch = await changes.next()
      if (!batch) return endAll(run, group)
      // A first one comes at once: without a token it says nothing of what there is.
      if (isSilent(batch, heard)) continue
      if (batch.collections.length > 1) run.sharedTokens.add(database)
      yield* sendChanges(run, group, batch, until)
      line.note(batch)
      if (run.isDue(batch.events.length)) yield run.checkpoint()
    }
  } finally {
    await changes.close()
  }
}

function isSilent({ events, token, collections }: ChangeBatch, heard: Set<string>): boolean {
  const isFirst = collections.some((name) => !heard.has(name))
  for (const name of collections) heard.add(name)
  return isFirst && events.length === 0 && !token
}

function startsOf(group: Group): Map<string, Start> {
  return new Map(group.map(({ source, position = {} }) => [source.collection.name, startOf(position)]))
}

function endAll(run: Run, group: Group): void {
  for (const track of group) {
    if (!track.isStopped) stopAt(run, track, endOf(track, 'the server ended the change stream'))
  }
}
