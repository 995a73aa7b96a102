import { ConfigError } from './errors.js'
import { isObject, type Json, type JsonObject } from './json.js'
import { readJsonFile } from './json-file.js'

/** The entries of a catalog file, by whoever it was written: nothing but their ids is known of them yet. */
export function readCatalog(path: string): JsonObject[] {
  const content = readJsonFile(path, 'catalog')
  const streams = isObject(content) ? content.streams : undefined
  if (!Array.isArray(streams)) {
    throw new ConfigError(
      `read the catalog ${path}: an object with a list "streams" is wanted, as --discover prints it`,
    )
  }
  return streams.map((entry: Json, index) => {
    if (isObject(entry) && (isName(entry.tap_stream_id) || isName(entry.stream))) return entry
    throw new ConfigError(`read the catalog ${path}: stream ${index + 1} has no tap_stream_id`)
  })
}

function isName(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== ''
}
