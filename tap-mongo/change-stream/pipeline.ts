import { BsonType } from '../bson/bson-type.js'
import { driverValue } from '../bson/raw-value.js'
import type { Config } from '../config.js'
import type { Start } from './change-stream.js'

/** How a server wants to be asked; that shows only when it is tried. */
export interface Way {
  readonly scope: 'database' | 'collection'
  readonly stages: 'split' | 'project' | 'plain' | 'cosmos'
  /** How a token is named: `resumeAfter` cannot go on behind an invalidate, but some clones know nothing else. */
  readonly resume: 'startAfter' | 'resumeAfter'
}

/** The one that gives most first. */
export const ways: readonly Way[] = [
  ...both('database', 'split'),
  ...both('database', 'project'),
  ...both('database', 'plain'),
  ...both('collection', 'split'),
  ...both('collection', 'project'),
  ...both('collection', 'plain'),
  ...both('collection', 'cosmos'),
]

export interface Opening {
  readonly collections: readonly string[]
  readonly start: Start
  readonly way: Way
}

/**
 * Only the start may differ from one opening to the next: a server takes its tokens back for the same pipeline
 * and options alone. https://github.com/airbytehq/airbyte/issues/71049
 */
export function pipeline(opening: Opening, config: Config): object[] {
  const { way, collections } = opening
  const changeStream = { $changeStream: { ...images(config), ...startOption(opening) } }
  const match = way.scope === 'database' ? [watched(collections)] : []
  switch (way.stages) {
    case 'split':
      return [changeStream, ...match, project, { $changeStreamSplitLargeEvent: {} }]
    case 'project':
      return [changeStream, ...match, project]
    case 'plain':
      return [changeStream, ...match]
    case 'cosmos':
      return [changeStream, ...cosmosStages]
    default:
      return way.stages satisfies never
  }
}

function both(scope: Way['scope'], stages: Way['stages']): Way[] {
  return [
    { scope, stages, resume: 'startAfter' },
    { scope, stages, resume: 'resumeAfter' },
  ]
}

function startOption({ start, way }: Opening): object {
  switch (start.kind) {
    case 'token':
      return { [way.resume]: driverValue({ type: BsonType.object, bytes: start.token }) }
    case 'time':
      return { startAtOperationTime: start.time }
    case 'now':
      return {}
    default:
      return start satisfies never
  }
}

const fullDocument = { lookup: 'updateLookup', when_available: 'whenAvailable', required: 'required' } as const

/** Never left out for a server that has none: the next way that it takes might tell less than what was asked for. */
function images(config: Config): object {
  const before = config.pre_images === 'off' ? {} : { fullDocumentBeforeChange: 'whenAvailable' }
  return { fullDocument: fullDocument[config.full_document], ...before }
}

/** Also what takes a collection's name or ends all of them: it would pass by unseen. */
function watched(collections: readonly string[]): object {
  const names = { $in: collections }
  const ends = { operationType: { $in: ['dropDatabase', 'invalidate'] } }
  return { $match: { $or: [{ 'ns.coll': names }, { 'to.coll': names }, ends] } }
}

/** Without `updateDescription` a large field of an update stands in the event once, not twice: events end at 16 MB. */
const project = {
  $project: {
    _id: 1,
    operationType: 1,
    ns: 1,
    to: 1,
    documentKey: 1,
    fullDocument: 1,
    fullDocumentBeforeChange: 1,
    clusterTime: 1,
    splitEvent: 1,
  },
}

/** Exactly these. https://learn.microsoft.com/azure/cosmos-db/mongodb/change-streams */
const cosmosStages = [
  { $match: { operationType: { $in: ['insert', 'update', 'replace'] } } },
  { $project: { _id: 1, fullDocument: 1, ns: 1, documentKey: 1 } },
]
