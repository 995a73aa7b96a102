import type { JsonObject } from '../../singer/index.js'
import type { JsonSchema } from '../../singer/schema.js'
import { type Config, settings as schema } from '../../tap-mongo/config.js'

/** The settings as they are after their check: these, and defaults. */
export function configOf(given: JsonObject | Partial<Config> = {}): Config {
  const properties = Object.entries(schema.properties as Record<string, JsonSchema>)
  const defaults = properties.flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]]))
  return { ...(Object.fromEntries(defaults) as unknown as Config), ...(given as Partial<Config>) }
}
