import type { Message, RecordLines, Stream } from '../../singer/index.js'
import { bookmarkOf, parseJson, type State, stableText } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import { fieldAt, type RawValue } from '../../tap-mongo/bson/raw-value.js'
import { syncFullTable } from '../../tap-mongo/full-table.js'
import type { RecordWriter } from '../../tap-mongo/record-writer.js'
import type { Common, Source } from '../../tap-mongo/source.js'
import { titleOf } from './every-id.js'

/** Records that say what was sent, byte for byte: `{ bson }` in hexadecimal. */
export function bareWriter({ stream }: Source): RecordWriter {
  return {
    schema: () => ({ type: 'SCHEMA', stream: stream.name, schema: { type: 'object' }, key_properties: ['_id'] }),
    *write(documents, { version } = {}) {
      for (const document of documents) {
        const record = { bson: document.toString('hex') }
        yield { type: 'RECORD', stream: stream.name, record, ...(version === undefined ? {} : { version }) }
      }
    },
    nulled: new Map(),
    widened: 0,
  }
}

/** As a catalog would select it. */
export function sourceOf(common: Common, stream: Stream, more: Partial<Source> = {}): Source {
  const collection = { database: String(stream.metadata['database-name']), name: stream.tableName ?? '', isView: false }
  return { ...common, stream, collection, own: {}, projection: undefined, ...more }
}

export interface Reading {
  readonly messages: readonly (Message | RecordLines)[]
  /** The `_id` of each record. */
  readonly ids: readonly string[]
  /** As the next run would read it from a file. */
  readonly state: State
}

/** One run, left after so many STATE messages: nobody tells the generator more than that it is over. */
export async function runOnce(source: Source, state: State, statesBeforeKill = Number.POSITIVE_INFINITY) {
  const messages: (Message | RecordLines)[] = []
  let left = statesBeforeKill
  for await (const message of syncFullTable(source, bareWriter(source), state)) {
    messages.push(message)
    if (message.type === 'STATE' && --left === 0) break
  }
  return readingOf(messages, state)
}

export function readingOf(messages: readonly (Message | RecordLines)[], before: State): Reading {
  const last = messages.findLast((message) => message.type === 'STATE')
  const state = parseJson(stableText(last?.value ?? before))
  if (!isObject(state)) throw new Error('the state is no object')
  return { messages, ids: messages.flatMap(idsOf), state }
}

/** Runs that are killed after each STATE, until the collection is complete. */
export async function runKilled(source: Source): Promise<Reading[]> {
  const readings: Reading[] = []
  let state: State = {}
  do {
    const reading = await runOnce(source, state, 1)
    readings.push(reading)
    state = reading.state
  } while (bookmarkOf(state, source.stream.id).initial_full_table_complete !== true && readings.length < 1000)
  return readings
}

export function versionsOf(readings: readonly Reading[]): number[] {
  const versions = readings.flatMap(({ messages }) =>
    messages.flatMap((message) => ('version' in message && message.version !== undefined ? [message.version] : [])),
  )
  return [...new Set(versions)]
}

export function typesOf({ messages }: Reading): string {
  return messages.map(({ type }) => type).join(' ')
}

function idsOf(message: Message | RecordLines): string[] {
  if (message.type !== 'RECORD') return []
  const id: RawValue | undefined = fieldAt(Buffer.from(String(message.record.bson), 'hex'), ['_id'])
  return [id ? titleOf(id) : 'none']
}
