import { asObject, type Stream } from '../singer/index.js'
import { type RecordWriter, recordWriter } from './record-writer.js'
import { type Common, type Source, sourcesOf } from './source.js'

/** A stream that can be read. */
export interface Opened {
  readonly source: Source
  readonly writer: RecordWriter
}

/** Finds the collection of a stream and makes what writes its records. Fails within the stream. */
export function openerOf(common: Common): (stream: Stream) => Promise<Opened> {
  const sourceOf = sourcesOf(common)
  return async (stream) => {
    const source = await sourceOf(stream)
    const { replicationKey, replicationMethod } = stream
    const isColumn = replicationKey !== undefined && Object.hasOwn(asObject(stream.schema.properties), replicationKey)
    reportEnvelope(source)
    const writer = recordWriter({
      stream: stream.name,
      config: common.config,
      own: source.own,
      schema: stream.schema,
      deselected: stream.deselected,
      isWanted: stream.isWanted,
      keyProperties: keysOf(stream, source),
      bookmarkProperties: isColumn ? [replicationKey] : [],
      hasDeletes: replicationMethod === 'LOG_BASED',
    })
    return { source, writer }
  }
}

/** Of another tap, or of another strategy: else its columns would stay empty without a word. */
function reportEnvelope({ stream, config, context }: Source): void {
  const columns = Object.keys(asObject(stream.schema.properties))
  if (config.strategy !== 'infer' || !columns.includes('document') || !columns.includes('_sdc_deleted_at')) return
  const advice = 'the catalog has the column document: set strategy to envelope to fill it, or run --discover anew'
  context.log.warning(advice, { stream: stream.id })
}

/** Catalogs written by hand may name none. Who leaves out `_id` wants none, and a view may have none. */
function keysOf({ keyProperties, deselected }: Stream, { collection }: Source): readonly string[] {
  const isWithoutId = deselected.some(([, name, ...inner]) => name === '_id' && inner.length === 0)
  return keyProperties.length > 0 || isWithoutId || collection.isView ? keyProperties : ['_id']
}
