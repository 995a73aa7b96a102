import { listed, numberOf } from './batches.js'
import { emptyDocument, field, toBson } from './elements.js'
import { matcher } from './match.js'
import { runPipeline } from './pipeline.js'
import { projector } from './projection.js'
import { Refusal } from './refusal.js'
import { sorted } from './sort.js'
import type { State } from './state.js'
import type { Command } from './types.js'

export function find(state: State, { raw, body, database, name }: Command): Buffer {
  const collection = String(body[name])
  for (const option of ['min', 'max', 'collation']) {
    if (body[option] !== undefined) throw new Refusal(2, 'BadValue', `${option} is not supported here`)
  }
  const limit = numberOf(body.limit) ?? 0
  const documents = selected(read(state, database, collection, part(raw, 'sort')), {
    filter: part(raw, 'filter'),
    projection: part(raw, 'projection'),
    skip: numberOf(body.skip) ?? 0,
    limit,
  })
  return listed(state, documents, {
    namespace: `${database}.${collection}`,
    batchSize: numberOf(body.batchSize),
    singleBatch: body.singleBatch === true,
    limit,
  })
}

export function count(state: State, { raw, body, database }: Command): Record<string, unknown> {
  const options = { skip: numberOf(body.skip) ?? 0, limit: numberOf(body.limit) ?? 0, projection: emptyDocument }
  const documents = read(state, database, String(body.count), emptyDocument)
  const n = [...selected(documents, { filter: part(raw, 'query'), ...options })].length
  return { n, ok: 1 }
}

/** Of a collection or a view, sorted; the order is kept until the next write. */
export function read(state: State, database: string, name: string, sort: Buffer): readonly Buffer[] {
  const collection = state.store.collection(database, name)
  if (!collection) return []
  const { viewOn, pipeline = [] } = collection.options
  if (typeof viewOn === 'string') {
    const documents = runPipeline(read(state, database, viewOn, emptyDocument), pipeline.map(toBson))
    return isEmpty(sort) ? documents : sorted(documents, sort)
  }
  if (isEmpty(sort)) return collection.documents
  const key = sort.toString('latin1')
  const known = collection.sorted.get(key) ?? sorted(collection.documents, sort)
  collection.sorted.set(key, known)
  return known
}

interface Selection {
  readonly filter: Buffer
  readonly projection: Buffer
  readonly skip: number
  /** 0: no limit. */
  readonly limit: number
}

function selected(documents: readonly Buffer[], selection: Selection): Iterable<Buffer> {
  const [matches, project] = [matcher(selection.filter), projector(selection.projection)]
  return matching()
  function* matching(): Generator<Buffer> {
    let found = 0
    for (const document of documents) {
      if (!matches(document) || ++found <= selection.skip) continue
      yield project(document)
      if (selection.limit > 0 && found - selection.skip >= selection.limit) return
    }
  }
}

/** A document of the command, byte for byte; empty where it is absent. */
export function part(raw: Buffer, name: string): Buffer {
  return field(raw, name)?.bytes ?? emptyDocument
}

function isEmpty(document: Buffer): boolean {
  return document.length <= emptyDocument.length
}
