import { SourceError } from '../../singer/index.js'

/** BSON that contradicts itself. The caller says which document it was. */
export function damaged(what: string): SourceError {
  return new SourceError(`the BSON is damaged: ${what}`)
}

/** Reading past the end of a DataView is a RangeError: lengths need no check of their own before they are followed. */
export function damagedOr(cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause
  return new SourceError('the BSON is damaged: it ends too early or a length in it is wrong', { cause })
}
