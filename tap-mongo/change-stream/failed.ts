import { SourceError } from '../../singer/index.js'
import { ConnectionLostError, sourceFailure } from '../failures.js'

/** As `sourceFailure`; what was found in a reply, too, says what was being done. */
export function failed(doing: string, cause: unknown): SourceError {
  const failure = sourceFailure(doing, cause)
  if (failure !== cause || failure instanceof ConnectionLostError) return failure
  return new SourceError(`${doing}: ${failure.message}`, { cause })
}
