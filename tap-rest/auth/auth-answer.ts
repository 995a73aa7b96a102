import { problemText } from '../../singer/errors.js'
import { type Json, parseJson, retry, SourceError } from '../../singer/index.js'
import { answerText, NoAnswerError, requestText, tooLongWait } from '../http/failures.js'
import type { HttpRequest, HttpResponse } from '../http/http.js'
import { askedMs, waitFor } from '../http/wait.js'
import type { RetryPlan } from '../settings/plan.js'
import type { AuthParts } from './auth.js'

// Few, since the request that waits for the token is repeated, too, as its stream's settings say.
const usual: RetryPlan = { attempts: 3, firstMs: 500, maxMs: 10_000, maxWaitMs: 900_000, extraMs: 0 }

/**
 * The server's word on a request for a token, good or bad. A server that is down or busy is asked again, and so is one
 * whose answer was lost: the same credentials are the only way on, even where they are meant for one use.
 * @throws NoAnswerError when another attempt may get one.
 */
export function answerTo(request: HttpRequest, parts: AuthParts): Promise<HttpResponse> {
  const { signal, log } = parts.context
  return retry(() => attempt(request, parts), {
    ...(parts.retry ?? usual),
    signal,
    isRetryable(problem, attempt) {
      if (!(problem instanceof NoAnswerError)) return false
      log.warning('no token yet', { attempt, reason: problem.message })
      return true
    },
  })
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
  const { context, retry: plan = usual } = parts
  const response = await parts.send(request).catch((cause: unknown) => {
    context.signal.throwIfAborted()
    throw unanswered(cause)
  })
  if (response.status < 500 && ![408, 425, 429].includes(response.status)) return response
  const reason = `get a token: ${requestText(request)} ${answerText(response)}`
  const asked = askedMs(response, plan, () => null) ?? 0
  if (asked > plan.maxWaitMs) throw tooLongWait(reason, asked, plan)
  await waitFor(asked, context.signal)
  throw new NoAnswerError(`${reason}; run again later`, { wasSent: false })
}

/** `wasSent` is about the request that waits for the token: it was not. */
function unanswered(cause: unknown): unknown {
  const text = `get a token: ${problemText(cause)}`
  if (cause instanceof NoAnswerError) return new NoAnswerError(text, { cause, wasSent: false })
  return cause instanceof SourceError ? new SourceError(text, { cause }) : cause
}
