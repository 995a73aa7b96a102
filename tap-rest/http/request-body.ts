import { Digits, type Json, jsonText } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import type { RequestBody } from './http.js'

export interface EncodedBody {
  readonly text: string
  /** Holds unless the request has a `content-type` of its own. */
  readonly contentType: string
}

/** The bytes that are sent (and signed), every digit kept. Equal bodies are equal text. */
export function encodeBody({ type, value }: RequestBody): EncodedBody {
  switch (type) {
    case 'json':
      return { text: jsonText(value), contentType: 'application/json' }
    case 'form':
      return { text: formText(value), contentType: 'application/x-www-form-urlencoded' }
    case 'raw':
      return { text: plainText(value), contentType: 'text/plain;charset=UTF-8' }
    default:
      return type satisfies never
  }
}

/** A list repeats its name; null sends nothing; an object is sent as JSON. */
function formText(value: Json): string {
  if (!isObject(value)) return plainText(value)
  const form = new URLSearchParams()
  for (const [name, field] of Object.entries(value)) {
    const items: readonly Json[] = Array.isArray(field) ? field : [field]
    for (const item of items) if (item !== null) form.append(name, plainText(item))
  }
  return form.toString()
}

function plainText(value: Json): string {
  if (typeof value === 'string') return value
  return value instanceof Digits ? value.text : jsonText(value)
}
