import { Ajv } from 'ajv'
import { expect } from 'chai'
import { isObject, type Json, type JsonObject, parseJson } from '../../../singer/json.js'
import type { Message } from '../../../singer/messages.js'
import type { Finished } from '../bins.js'
import { linesOf } from './program.js'

export type Entry = JsonObject & {
  readonly tap_stream_id: string
  readonly stream: string
  readonly schema: JsonObject
  readonly key_properties: readonly string[]
  readonly metadata: readonly (JsonObject & { readonly breadcrumb: readonly string[]; readonly metadata: JsonObject })[]
}

export type WireCatalog = JsonObject & { readonly streams: readonly Entry[] }

export interface Synced extends Finished {
  readonly lines: readonly string[]
  readonly messages: readonly Message[]
}

const ajv = new Ajv({ discriminator: true })

/** Refuses whatever is not one message per line, ended by a line feed. */
export function syncedOf(finished: Finished): Synced {
  const text = finished.stdout.toString()
  expect(text === '' || text.endsWith('\n'), 'the last line is complete').to.equal(true)
  const lines = linesOf(text)
  return { ...finished, lines, messages: lines.map(messageOf) }
}

function messageOf(line: string): Message {
  const value: unknown = JSON.parse(line)
  if (!isMessage(value))
    throw new Error(`not a Singer message: ${ajv.errorsText(isMessage.errors)}: ${line.slice(0, 200)}`)
  return value
}

export function catalogOf(text: string): WireCatalog {
  const value = parseJson(text)
  if (!isCatalog(value)) throw new Error(`not a catalog: ${ajv.errorsText(isCatalog.errors)}: ${text.slice(0, 200)}`)
  return value
}

export function entryOf({ streams }: WireCatalog, id: string): Entry {
  for (const entry of streams) if (entry.tap_stream_id === id) return entry
  throw new Error(`${id} was not discovered`)
}

export function schemasOf({ messages }: Synced, stream: string) {
  return messages.filter((message) => message.type === 'SCHEMA').filter((message) => message.stream === stream)
}

export function recordsOf({ messages }: Synced, stream: string) {
  return messages.filter((message) => message.type === 'RECORD').filter((message) => message.stream === stream)
}

export function activationsOf({ messages }: Synced, stream: string) {
  return messages
    .filter((message) => message.type === 'ACTIVATE_VERSION')
    .filter((message) => message.stream === stream)
}

/** The values in their order, with their digits. */
export function statesOf({ lines, messages }: Synced): JsonObject[] {
  return lines.filter((_line, at) => messages[at]?.type === 'STATE').map((line) => stateOf(parseJson(line)))
}

export function lastState(synced: Synced): JsonObject {
  const state = statesOf(synced).at(-1)
  if (!state) throw new Error(`no state came: ${synced.stderr}`)
  return state
}

export function bookmarkIn(state: JsonObject, stream: string): JsonObject {
  const bookmark = isObject(state.bookmarks) ? state.bookmarks[stream] : undefined
  return isObject(bookmark) ? bookmark : {}
}

function stateOf(message: Json): JsonObject {
  return isObject(message) && isObject(message.value) ? message.value : {}
}

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const version = { type: 'integer', minimum: 1e12 }
const utc = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' }
const columns = { type: 'object', required: ['properties'], properties: { properties: { type: 'object' } } }
const bookmarks = { type: 'object', required: ['bookmarks'], properties: { bookmarks: { type: 'object' } } }

const isMessage = ajv.compile<Message>({
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    message('SCHEMA', { stream: text, schema: columns, key_properties: texts }, { bookmark_properties: texts }),
    message('RECORD', { stream: text, record: { type: 'object' } }, { version, time_extracted: utc }),
    message('STATE', { value: bookmarks }),
    message('ACTIVATE_VERSION', { stream: text, version }),
  ],
})

function message(type: string, required: Record<string, object>, optional: Record<string, object> = {}) {
  const properties = { type: { const: type }, ...required, ...optional }
  return { required: Object.keys(required), properties, additionalProperties: false }
}

const isCatalog = ajv.compile<WireCatalog>({
  type: 'object',
  required: ['streams'],
  additionalProperties: false,
  properties: {
    streams: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tap_stream_id', 'stream', 'schema', 'key_properties', 'metadata'],
        properties: {
          tap_stream_id: text,
          stream: text,
          schema: columns,
          key_properties: texts,
          metadata: {
            type: 'array',
            items: {
              type: 'object',
              required: ['breadcrumb', 'metadata'],
              additionalProperties: false,
              properties: { breadcrumb: texts, metadata: { type: 'object' } },
            },
          },
        },
      },
    },
  },
})
