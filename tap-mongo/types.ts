import type { JsonSchema } from '../singer/schema.js'
import type { Config } from './config.js'

/** What the settings say of values. */
export type TypeOptions = Pick<
  Config,
  'document_format' | 'decimal' | 'binary' | 'non_finite' | 'date_out_of_range' | 'invalid_utf8'
>

/** The schema of values of this BSON type (and subtype, of binaries), without null; undefined: it is sent as null. */
export function typeSchema(_type: number, _subtype: number, _options: TypeOptions): JsonSchema | undefined {
  throw new Error('contract')
}
