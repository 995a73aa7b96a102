import type { ChangeEvent } from './change-stream.js'
import { type Fields, fieldsOf } from './fields.js'
import { documentIn, textIn, timeIn } from './read-field.js'

/** `collection`: the only one that is watched, for what has no `ns`. */
export function changeEvent(fields: Fields, collection: string | undefined): ChangeEvent {
  return {
    // Cosmos DB sends nothing but documents as they are now, and no word for it.
    operation: textIn(fields.get('operationType')) ?? 'replace',
    collection: collectionIn(fields, 'ns') ?? collection ?? '',
    to: collectionIn(fields, 'to'),
    documentKey: documentIn(fields.get('documentKey')),
    fullDocument: documentIn(fields.get('fullDocument')),
    before: documentIn(fields.get('fullDocumentBeforeChange')),
    clusterTime: timeIn(fields.get('clusterTime')),
  }
}

function collectionIn(fields: Fields, name: string): string | undefined {
  const namespace = documentIn(fields.get(name))
  return namespace && textIn(fieldsOf(namespace).get('coll'))
}
