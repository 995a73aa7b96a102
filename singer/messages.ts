import { type JsonObject, jsonText, stableText } from './json.js'
import type { JsonSchema } from './schema.js'

export interface SchemaMessage {
  readonly type: 'SCHEMA'
  readonly stream: string
  /** Properties in the order of the source's columns. */
  readonly schema: JsonSchema
  readonly key_properties: readonly string[]
  readonly bookmark_properties?: readonly string[]
}

export interface RecordMessage {
  readonly type: 'RECORD'
  readonly stream: string
  readonly record: JsonObject
  /** Milliseconds since 1970; rows of a stream with an older version are gone after ACTIVATE_VERSION. */
  readonly version?: number
  /** RFC 3339, UTC. */
  readonly time_extracted?: string
}

/** A full replacement of the state: everything that the next run needs, also of streams not selected. */
export interface StateMessage {
  readonly type: 'STATE'
  readonly value: JsonObject
}

export interface ActivateVersionMessage {
  readonly type: 'ACTIVATE_VERSION'
  readonly stream: string
  readonly version: number
}

export type Message = SchemaMessage | RecordMessage | StateMessage | ActivateVersionMessage

/**
 * Complete RECORD lines of one stream, already in wire form. The word never reaches the wire.
 * `lines` must stay unchanged until two more messages have been pulled: a tap that fills two buffers in turn is safe.
 */
export interface RecordLines {
  readonly type: 'RECORD_LINES'
  readonly stream: string
  readonly lines: Buffer
  /** How many records `lines` holds. */
  readonly count: number
}

/** The message as a line of the wire, ended by a line feed. Keys stand in one order, whatever the object's. */
export function messageLine(message: Message): string {
  switch (message.type) {
    case 'SCHEMA': {
      const { type, stream, schema, key_properties, bookmark_properties } = message
      return `${jsonText({ type, stream, schema, key_properties, ...(bookmark_properties && { bookmark_properties }) })}\n`
    }
    case 'RECORD': {
      const { type, stream, record, version, time_extracted } = message
      const times = {
        ...(version !== undefined && { version }),
        ...(time_extracted !== undefined && { time_extracted }),
      }
      return `${jsonText({ type, stream, record, ...times })}\n`
    }
    case 'STATE':
      return `{"type":"STATE","value":${stableText(message.value)}}\n`
    case 'ACTIVATE_VERSION':
      return `${jsonText({ type: message.type, stream: message.stream, version: message.version })}\n`
    default:
      return message satisfies never
  }
}
