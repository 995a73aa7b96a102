import type { JsonSchema } from './schema.js'
import type { Context } from './tap.js'

/**
 * Complete lines, each ending with 0x0A (also the last of the input). Empty: nothing arrived for a second, a chance for
 * work that depends on time. Valid until the next pull.
 */
export type Lines = Buffer

/** The JSON text of a STATE's value, byte for byte as it came. */
export type StateText = string

export interface Target<Config> {
  readonly name: string
  readonly description: string
  readonly capabilities: readonly string[]
  readonly settings: JsonSchema
  /** Yields each state when every record before it is durable, never an older one, never the same twice. */
  load(config: Config, input: AsyncIterable<Lines>, context: Context): AsyncIterable<StateText>
}
