import { type Context, SourceError } from '../singer/index.js'
import type { Answer, SendPolicy } from './client.js'
import { bodyOf, type Verdict, verdictOf } from './error-rules.js'
import { excerpt } from './excerpt.js'
import { askerOf, type Exchange, type Exchanged, type Sending } from './exchange.js'
import { adviceFor, answerText, NoAnswerError, requestText, tooLongWait } from './failures.js'
import type { HttpResponse } from './http.js'
import type { Limits } from './rate.js'
import { askedMs, jitterMs, waitFor } from './wait.js'

export interface RepeatParts {
  readonly context: Context
  readonly limits: Limits
  readonly exchange: Exchange
}

/** Sends until there is an answer that counts: as often as the policy allows, with the waits that the server asks for. */
export async function sendRepeatedly(sending: Sending, parts: RepeatParts): Promise<Answer> {
  const { policy, auth } = sending
  let isRenewed = false
  for (let attempt = 1; ; ) {
    const tried = await exchanged(sending, parts)
    const verdict: Verdict = tried instanceof NoAnswerError ? { action: 'retry' } : verdictOf(tried.response, policy)
    if (!(tried instanceof NoAnswerError)) {
      const { response, authorized } = tried
      if (isOutcome(verdict.action)) return { outcome: verdict.action, response }
      parts.context.log.debug('body', { stream: policy.stream, begins: excerpt(response.body) })
      if (verdict.action === 'refresh_token' && !isRenewed && authorized && (await auth.renew(authorized))) {
        isRenewed = true
        continue
      }
    }
    isRenewed = false
    await waitToRepeat({ sending, tried, verdict, attempt: attempt++ }, parts)
  }
}

function isOutcome(action: Verdict['action']): action is Answer['outcome'] {
  return action === 'ok' || action === 'ignore' || action === 'stop' || action === 'reset_pagination'
}

type Tried = Exchanged | NoAnswerError

async function exchanged(sending: Sending, { exchange }: RepeatParts): Promise<Tried> {
  try {
    return await exchange(sending)
  } catch (problem) {
    if (problem instanceof NoAnswerError) return problem
    throw inStream(sending.policy.stream, problem)
  }
}

function inStream(stream: string, problem: unknown): unknown {
  if (!(problem instanceof SourceError) || problem.message.startsWith(`${stream}: `)) return problem
  return new SourceError(`${stream}: ${problem.message}`, { cause: problem })
}

interface Failed {
  readonly sending: Sending
  readonly tried: Tried
  readonly verdict: Verdict
  readonly attempt: number
}

/** @throws SourceError when this was the last attempt. */
async function waitToRepeat(failed: Failed, { context, limits }: RepeatParts): Promise<void> {
  const { sending, tried, verdict, attempt } = failed
  const { request, policy } = sending
  if (!isWorthAnother(failed)) throw lastFailure(failed)
  const asked = tried instanceof NoAnswerError ? undefined : serverMs(tried.response, policy)
  if (asked !== undefined && asked > policy.retry.maxWaitMs) throw tooLongWait(reasonOf(failed), asked, policy.retry)
  const ms = asked === undefined ? jitterMs(attempt, policy.retry) : asked + policy.retry.extraMs
  if (verdict.action === 'rate_limited' && asked !== undefined) limits.pause(askerOf(request, policy), ms)
  context.log.warning('trying again', {
    stream: policy.stream,
    reason: reasonOf(failed),
    attempt,
    seconds: Math.ceil(ms / 100) / 10,
  })
  await waitFor(ms, context.signal)
}

function isWorthAnother({ sending: { policy }, tried, verdict, attempt }: Failed): boolean {
  if (verdict.action !== 'retry' && verdict.action !== 'rate_limited') return false
  const isHarmless = policy.isSafe || (tried instanceof NoAnswerError && !tried.wasSent)
  return isHarmless && attempt < policy.retry.attempts
}

function serverMs(response: HttpResponse, policy: SendPolicy): number | undefined {
  return askedMs(response, policy.retry, () => bodyOf(response, policy))
}

function lastFailure(failed: Failed): SourceError {
  const { sending, tried, verdict, attempt } = failed
  const times = attempt > 1 ? `, the last of ${attempt} attempts` : ''
  const isUnsafe = !sending.policy.isSafe && (verdict.action === 'retry' || verdict.action === 'rate_limited')
  const once = isUnsafe ? '; not repeated, since safe is false' : ''
  const advice = tried instanceof NoAnswerError ? '' : `; ${adviceOf(verdict, tried.response)}`
  const cause = tried instanceof NoAnswerError ? { cause: tried } : undefined
  return new SourceError(`${reasonOf(failed)}${times}${once}${advice}`, cause)
}

function adviceOf({ rule }: Verdict, { status }: HttpResponse): string {
  return rule ? `the rule ${JSON.stringify(rule.when.text)} of errors says ${rule.then}` : adviceFor(status)
}

function reasonOf({ sending: { request, policy }, tried }: Failed): string {
  if (tried instanceof NoAnswerError) return `${policy.stream}: ${tried.message}`
  return `${policy.stream}: ${requestText(request)} ${answerText(tried.response)}`
}
