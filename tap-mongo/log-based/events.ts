import { type Message, type RecordLines, SourceError } from '../../singer/index.js'
import type { ChangeBatch, ChangeEvent } from '../change-stream/change-stream.js'
import { titleOf } from '../source.js'
import { byCollection } from './groups.js'
import type { Track } from './track.js'

/** The collection, as it was followed, is no more. */
export class CollectionEndedError extends SourceError {
  override name = 'CollectionEndedError'
}

/** The events of a batch by the tracks that they are about, in their order. */
export function eventsByTrack({ events }: ChangeBatch, tracks: readonly Track[]): Map<Track, ChangeEvent[]> {
  const named = byCollection(tracks)
  const found = new Map(tracks.map((track): [Track, ChangeEvent[]] => [track, []]))
  for (const event of events) {
    const { collection, to } = event
    const about = collection === '' ? tracks : [named.get(collection), to === undefined ? undefined : named.get(to)]
    for (const track of about) {
      if (track) found.get(track)?.push(event)
    }
  }
  return found
}

/** Their records. Fails with CollectionEndedError when all before the end are sent. */
export function* recordsOf(track: Track, events: readonly ChangeEvent[]): Generator<Message | RecordLines> {
  const { writer, version } = track
  const ending = events.find(({ operation }) => endings.has(operation))
  const before = ending ? events.slice(0, events.indexOf(ending)) : events
  for (const { documents, deletedAt } of alike(track, before)) yield* writer.write(documents, { version, deletedAt })
  if (ending) throw endOf(track, endings.get(ending.operation) ?? '')
}

export function endOf({ source: { collection } }: Track, what: string): CollectionEndedError {
  return new CollectionEndedError(
    `follow ${titleOf(collection)}: ${what}; all before that is sent, and the next run copies the ` +
      'collection anew under a new version',
  )
}

const endings: ReadonlyMap<string, string> = new Map([
  ['drop', 'the collection was dropped'],
  ['rename', 'the collection was renamed, or another one was renamed to its name'],
  ['dropDatabase', 'the database was dropped'],
  ['invalidate', 'the server ended the change stream'],
])

interface Alike {
  readonly documents: Buffer[]
  readonly deletedAt: number | undefined
}

/** Neighbours that are written with the same stamp. */
function* alike(track: Track, events: readonly ChangeEvent[]): Generator<Alike> {
  let last: Alike | undefined
  for (const event of events) {
    const document = documentOf(track, event)
    if (!document) continue
    const deletedAt = deletionTime(event)
    if (last && last.deletedAt === deletedAt) {
      last.documents.push(document)
    } else {
      if (last) yield last
      last = { documents: [document], deletedAt }
    }
  }
  if (last) yield last
}

/** Of a deletion the old document where the server has it, else its key: `_id` and, in a sharded cluster, the shard key. */
function documentOf(track: Track, { operation, fullDocument, before, documentKey }: ChangeEvent): Buffer | undefined {
  switch (operation) {
    case 'insert':
    case 'replace':
    case 'update':
      if (!fullDocument) track.skipped++
      return fullDocument
    case 'delete':
      return before ?? documentKey ?? withoutKey(track)
    default:
      return undefined
  }
}

function withoutKey({ source: { collection } }: Track): never {
  throw new SourceError(`follow ${titleOf(collection)}: the server sent a deletion without the key of its document`)
}

/** Milliseconds since 1970. A server that does not say when is asked too late by some seconds. */
function deletionTime({ operation, clusterTime }: ChangeEvent): number | undefined {
  if (operation !== 'delete') return undefined
  return clusterTime ? clusterTime.t * 1000 : Date.now()
}
