import type { JsonObject, Stream } from '../../singer/index.js'
import { streamId } from '../../tap-mongo/collections.js'
import { connect } from '../../tap-mongo/connection.js'
import { type Opened, openerOf } from '../../tap-mongo/open-stream.js'
import { type Pace, usualPace } from '../../tap-mongo/pace.js'
import { resolvedConfig } from '../../tap-mongo/settings/resolved-config.js'
import type { Common } from '../../tap-mongo/source.js'
import { type RecordedLog, recordedLog } from '../singer/recorded-log.js'
import { configOf } from './given-config.js'

export interface Given {
  /** Over the defaults; `uri` is that of the server. */
  readonly settings?: JsonObject
  readonly pace?: Partial<Pace>
  readonly log?: RecordedLog
  readonly signal?: AbortSignal
}

/** No waits that a test would notice. */
export const testPace: Pace = { ...usualPace, firstWaitMs: 1, idleStateSeconds: 0 }

/** Connects to the server, closes in the end. */
export async function withDeployment<T>(
  { uri }: { readonly uri: string },
  { settings = {}, pace, log = recordedLog(), signal = new AbortController().signal }: Given,
  use: (common: Common) => Promise<T>,
): Promise<T> {
  const context = { log, signal, metrics: { count: () => undefined } }
  const config = resolvedConfig(configOf({ uri, ...settings }))
  const deployment = await connect(config, context)
  try {
    return await use({ deployment, config, context, pace: { ...testPace, ...pace } })
  } finally {
    await deployment.close()
  }
}

/** A stream as a catalog would select it, without a word about its fields. */
export function streamOf(database: string, name: string, more: Partial<Stream> = {}): Stream {
  const id = streamId(database, name)
  return {
    id,
    name: id,
    schema: { type: 'object', properties: {} },
    deselected: [],
    keyProperties: ['_id'],
    isView: false,
    metadata: { 'database-name': database },
    tableName: name,
    ...more,
  }
}

export function opened(common: Common, stream: Stream): Promise<Opened> {
  return openerOf(common)(stream)
}
