import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'

/** The full order of BSON values, as the server sorts them: negative, 0, positive. */
export function compareBson(_a: RawValue, _b: RawValue): number {
  throw new Error('contract')
}
