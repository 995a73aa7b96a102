import { SourceError } from '../../singer/index.js'
import type { Auth, Clock } from './auth.js'
import { withHeader } from './auth-place.js'

export interface Token {
  readonly value: string
  /** When the next one is wanted, in milliseconds since 1970; absent: after a 401. */
  readonly renewAt?: number
}

/** A token to use from now on: another one than `refused`, which a 401 has answered. */
export type TokenSource = (refused?: Token) => Promise<Token>

export type TokenPlace = 'bearer' | { readonly header: string }

/** The server will not give a token to these settings, however often it is asked. */
export class RefusedError extends SourceError {
  override name = 'RefusedError'
}

export function tokenAuth(source: TokenSource, place: TokenPlace, clock: Clock = Date.now): Auth {
  let held: { readonly token: Token; readonly generation: number } | undefined
  const fetchToken = oneAtATime(async (refused) => {
    const token = await source(refused)
    held = { token, generation: (held?.generation ?? 0) + 1 }
    return held
  })
  return {
    async authorize(request) {
      const isFresh = held && isUsable(held.token, clock)
      const { token, generation } = held && isFresh ? held : await fetchToken()
      const [header, value] =
        place === 'bearer' ? ['authorization', `Bearer ${token.value}`] : [place.header, token.value]
      return { request: withHeader(request, header, value), generation }
    },
    async renew({ generation }) {
      if (held?.generation === generation) await fetchToken(held.token)
      return true
    },
  }
}

export function isUsable({ renewAt }: Token, clock: Clock = Date.now): boolean {
  return renewAt === undefined || clock() < renewAt
}

/** A minute before it ends, so that none ends on its way; of a short life half is used. `lifetime` in seconds, from `at`. */
export function renewal(at: number, lifetime: number | undefined): Pick<Token, 'renewAt'> {
  if (lifetime === undefined) return {}
  const ms = lifetime * 1000
  return { renewAt: at + ms - Math.min(60_000, ms / 2) }
}

/** Who asks while one is under way gets the outcome of that one. A refusal is the answer for the rest of the run. */
function oneAtATime<T>(work: (refused?: Token) => Promise<T>): (refused?: Token) => Promise<T> {
  let running: Promise<T> | undefined
  let refusal: RefusedError | undefined
  const run = async (refused?: Token) => {
    try {
      return await work(refused)
    } catch (problem) {
      if (problem instanceof RefusedError) refusal = problem
      throw problem
    } finally {
      running = undefined
    }
  }
  return async (refused) => {
    if (refusal) throw refusal
    running ??= run(refused)
    return running
  }
}
