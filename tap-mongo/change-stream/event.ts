import type { ChangeEvent } from './change-stream.js'
import { type Fields, fieldsOf } from './fields.js'
import { documentIn, textIn, timeIn } from './read-field.js'

/** `only`: the collection of documents whose events do not say it. */
export function changeEvent(fields: Fields, only: string | undefined): ChangeEvent {
  const documentKey = documentIn(fields.get('documentKey'))
  return {
    // Cosmos DB sends nothing but documents as they are now, and no word for it.
    operation: textIn(fields.get('operationType')) ?? 'replace',
    collection: collectionIn(fields, 'ns') ?? (documentKey && only) ?? '',
    to: collectionIn(fields, 'to'),
    documentKey,
    fullDocument: documentIn(fields.get('fullDocument')),
    before: documentIn(fields.get('fullDocumentBeforeChange')),
    clusterTime: timeIn(fields.get('clusterTime')),
  }
}

function collectionIn(fields: Fields, name: string): string | undefined {
  const namespace = documentIn(fields.get(name))
  return namespace && textIn(fieldsOf(namespace).get('coll'))
}
