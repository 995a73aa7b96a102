import { asObject } from './json.js'
import type { JsonSchema } from './schema.js'

/** The settings that every tap has: what to sync, for those who have no catalog. */
export const tapSettings: JsonSchema = {
  select: {
    type: 'array',
    items: { type: 'string' },
    description:
      'What to sync without a catalog: patterns like `shop-orders.*`, `*.id` and, to leave out, `!*.secret`, as in ' +
      'Meltano. Default: what the tap selects by default',
    examples: [['shop-orders.*', '!*.secret']],
  },
  metadata: {
    type: 'object',
    description:
      'Without a catalog, metadata by stream as in Meltano: method and replication key of a stream, `selected` of a property',
    examples: [{ 'shop-orders': { 'replication-method': 'INCREMENTAL', 'replication-key': 'updated_at' } }],
  },
}

/** The settings of a tap together with those that every tap has. */
export function withTapSettings(settings: JsonSchema): JsonSchema {
  return { ...settings, properties: { ...asObject(settings.properties), ...tapSettings } }
}
