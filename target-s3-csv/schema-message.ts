import { ProtocolError } from '../singer/errors.js'
import { type Json, stableText } from '../singer/json.js'
import { type OrderedJson, parseOrdered, plain } from './ordered-json.js'
import { isObject, type Shape, shapeOf } from './shape.js'

export interface SchemaMessage {
  readonly shape: Shape
  readonly keyProperties: readonly string[]
  /** Properties that no record may lack. */
  readonly required: ReadonlySet<string>
  readonly schema: Json
  /** Equal texts are equal SCHEMAs, whatever the order of their keys. */
  readonly identity: string
}

/** `json`: a SCHEMA message. @throws ProtocolError for one that does not say what its columns are. */
export function parseSchema(json: string): SchemaMessage {
  const message = parseOrdered(json)
  const [schema, keys] = isObject(message) ? [message.get('schema'), message.get('key_properties')] : []
  if (!isObject(schema)) throw new ProtocolError('the SCHEMA has no `schema`')
  const shape = shapeOf(schema)
  if (!isObject(shape.keywords.get('properties'))) {
    throw new ProtocolError('the SCHEMA has no `properties`, so its columns are unknown; `properties: {}` means none')
  }
  const keyProperties = namesOf(keys ?? [])
  if (keyProperties === undefined) throw new ProtocolError('`key_properties` of the SCHEMA is no list of names')
  const missing = keyProperties.find((key) => !shape.properties.has(key))
  if (missing !== undefined) throw new ProtocolError(`the key property ${missing} is not in the SCHEMA`)
  const required = new Set([...keyProperties, ...(namesOf(shape.keywords.get('required') ?? []) ?? [])])
  const schemaText = plain(schema)
  return { shape, keyProperties, required, schema: schemaText, identity: stableText([schemaText, keyProperties]) }
}

function namesOf(value: OrderedJson): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const names = value.filter((name: OrderedJson) => typeof name === 'string')
  return names.length === value.length ? names : undefined
}
