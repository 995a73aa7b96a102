import type { Document } from 'bson'
import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { Entry } from './change-log.js'
import { compareBson } from './compare.js'
import { documentOf, type Element, elements, field, rawValue } from './elements.js'
import { Refusal } from './refusal.js'
import type { Scripted } from './types.js'

export interface Images {
  /** `fullDocument` and `fullDocumentBeforeChange` of the stage, as they were asked for. */
  readonly full: string | undefined
  readonly before: string | undefined
  /** The collections keep pre- and post-images. */
  readonly areKept: boolean
}

/** A change as the server tells it. */
export function changeEvent(server: Scripted, entry: Entry, images: Images): Buffer {
  const { operation, database, collection, time, to } = entry
  return documentOf([
    element('operationType', operation),
    element('clusterTime', time),
    element('wallTime', new Date(time.t * 1000)),
    ...fullDocument(server, entry, images),
    element('ns', { db: database, ...(collection && { coll: collection }) }),
    ...(to === undefined ? [] : [element('to', { db: database, coll: to })]),
    ...(entry.key ? [{ name: 'documentKey', type: BsonType.object, bytes: entry.key }] : []),
    ...(operation === 'update' ? [element('updateDescription', { updatedFields: {}, removedFields: [] })] : []),
    ...preImage(entry, images),
  ])
}

/** `_id` of an event stands first. */
export function withToken(event: Buffer, token: Document): Buffer {
  return documentOf([element('_id', token), ...elements(event)])
}

export function element(name: string, value: unknown): Element {
  return { name, ...rawValue(value) }
}

function fullDocument(server: Scripted, entry: Entry, images: Images): Element[] {
  const { operation, document } = entry
  if (operation === 'insert' || operation === 'replace') return document ? [whole('fullDocument', document)] : []
  if (operation !== 'update' || images.full === undefined || images.full === 'default') return []
  const image = images.full === 'updateLookup' ? current(server, entry) : images.areKept ? document : undefined
  if (image) return [whole('fullDocument', image)]
  if (images.full === 'required') throw new Refusal(47, 'NoMatchingDocument', 'the post-image was not found')
  return [element('fullDocument', null)]
}

function preImage({ operation, before }: Entry, images: Images): Element[] {
  if (images.before === undefined || !['update', 'replace', 'delete'].includes(operation)) return []
  const image = images.areKept ? before : undefined
  return [image ? whole('fullDocumentBeforeChange', image) : element('fullDocumentBeforeChange', null)]
}

function current(server: Scripted, { database, collection, key }: Entry): Buffer | undefined {
  const id = key && field(key, '_id')
  if (!id) return undefined
  return server.documents(database, collection).find((document) => {
    const other = field(document, '_id')
    return other !== undefined && compareBson(other, id) === 0
  })
}

function whole(name: string, document: Buffer): Element {
  return { name, type: BsonType.object, bytes: document }
}
