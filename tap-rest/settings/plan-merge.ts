import type { JsonObject } from '../../singer/index.js'
import type { Config } from '../config.js'
import { type SharedSettings, type StreamSettings, sharedProperties } from './config-stream.js'

/**
 * What holds for a stream: its own settings over `defaults` over the top level; `headers`, `params` and `retry` key by
 * key, all else as a whole. `null` takes back what a lower level said. Names of headers are in lower case.
 */
export function mergedSettings(config: Config, stream: string | StreamSettings): StreamSettings {
  const own: StreamSettings = typeof stream === 'string' ? { path: stream } : stream
  const layers: readonly StreamSettings[] = [shared(config), config.defaults ?? {}, own]
  const headers = byKey(layers.map((layer) => lowerCase(layer.headers)))
  const params = byKey(layers.map(({ params }) => params))
  const retry = byKey(layers.map((layer) => layer.retry))
  return { ...withoutNulls(Object.assign({}, ...layers)), headers, params, retry }
}

function shared(config: Config): SharedSettings {
  return Object.fromEntries(Object.entries(config).filter(([key]) => Object.hasOwn(sharedProperties, key)))
}

/** `null` instead of an object takes back all that came before it. */
function byKey(layers: readonly (object | null | undefined)[]): JsonObject {
  const above = layers.slice(layers.lastIndexOf(null) + 1)
  return withoutNulls(Object.assign({}, ...above))
}

function withoutNulls(settings: object) {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null))
}

function lowerCase(headers: JsonObject | null | undefined): JsonObject | null | undefined {
  if (!headers) return headers
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
