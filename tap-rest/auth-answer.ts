import { problemText } from '../singer/errors.js'
import { ConfigError, type Json, parseJson, retry, SourceError } from '../singer/index.js'
import type { AuthParts } from './auth.js'
import type { HttpRequest, HttpResponse } from './http.js'

const usual = { attempts: 6, firstMs: 500, maxMs: 10_000 }

/**
 * The server's word on a request for a token, good or bad. A server that is down or busy is asked again; a lost answer,
 * too: the same credentials once more are the only way on, even where they are meant to be used once.
 */
export function answerTo(request: HttpRequest, parts: AuthParts): Promise<HttpResponse> {
  const { signal, log } = parts.context
  return retry(() => attempt(request, parts), {
    ...usual,
    ...parts.retry,
    signal,
    isRetryable(problem, attempt) {
      if (problem instanceof ConfigError) return false
      log.warning('no token yet', { attempt, problem: problemText(problem) })
      return true
    },
  })
}

/** For messages: queries may hold secrets. */
export function addressOf(url: URL): string {
  return `${url.origin}${url.pathname}`
}

/** Whatever its content type says; undefined where the body is no JSON. */
export function jsonIn({ body }: HttpResponse): Json | undefined {
  try {
    return parseJson(body.toString())
  } catch {
    return undefined
  }
}

async function attempt(request: HttpRequest, parts: AuthParts): Promise<HttpResponse> {
  const response = await parts.send(request).catch((cause: unknown) => {
    parts.context.signal.throwIfAborted()
    if (cause instanceof ConfigError) throw cause
    throw new SourceError(`ask ${addressOf(request.url)} for a token: ${problemText(cause)}`, { cause })
  })
  if (response.status < 500 && ![408, 425, 429].includes(response.status)) return response
  throw new SourceError(`ask ${addressOf(request.url)} for a token: it answers ${response.status}; try again later`)
}
