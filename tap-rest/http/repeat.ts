import { type Context, SourceError } from '../../singer/index.js'
import type { Answer, SendPolicy } from './client.js'
import { bodyOf, type Verdict, verdictOf } from './error-rules.js'
import { excerpt } from './excerpt.js'
import { askerOf, type Exchange, type Exchanged, type Sending } from './exchange.js'
import { adviceFor, answerText, NoAnswerError, requestText, tooLongWait } from './failures.js'
import type { Limits } from './rate.js'
import { askedMs, jitterMs, waitFor } from './wait.js'

export interface RepeatParts {
  readonly context: Context
  readonly limits: Limits
  readonly exchange: Exchange
}

/** Sends until there is an answer that counts: as often as the policy allows, with the waits that the server asks for. */
export async function sendRepeatedly(sending: Sending, parts: RepeatParts): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    let tried = await tryOnce(sending, parts)
    if (tried.action === 'refresh_token' && (await hasRenewed(sending, tried))) tried = await tryOnce(sending, parts)
    if ('response' in tried && isOutcome(tried.action)) return { outcome: tried.action, response: tried.response }
    await waitToRepeat({ sending, tried, attempt }, parts)
  }
}

type Tried = Lost | (Exchanged & Verdict)

interface Lost {
  readonly action: 'retry'
  readonly problem: NoAnswerError
}

async function tryOnce(sending: Sending, { context, exchange }: RepeatParts): Promise<Tried> {
  const { policy } = sending
  try {
    const exchanged = await exchange(sending)
    const verdict = verdictOf(exchanged.response, policy)
    if (verdict.action !== 'ok') {
      context.log.debug('body', { stream: policy.stream, begins: excerpt(exchanged.response.body) })
    }
    return { ...exchanged, ...verdict }
  } catch (problem) {
    if (problem instanceof NoAnswerError) return { action: 'retry', problem }
    throw inStream(policy.stream, problem)
  }
}

function inStream(stream: string, problem: unknown): unknown {
  if (!(problem instanceof SourceError) || problem.message.startsWith(`${stream}: `)) return problem
  return new SourceError(`${stream}: ${problem.message}`, { cause: problem })
}

async function hasRenewed({ auth, policy }: Sending, tried: Tried): Promise<boolean> {
  try {
    return 'authorized' in tried && tried.authorized !== undefined && (await auth.renew(tried.authorized))
  } catch (problem) {
    throw inStream(policy.stream, problem)
  }
}

function isOutcome(action: Verdict['action']): action is Answer['outcome'] {
  return action === 'ok' || action === 'ignore' || action === 'stop' || action === 'reset_pagination'
}

interface Failed {
  readonly sending: Sending
  readonly tried: Tried
  readonly attempt: number
}

/** @throws SourceError when this was the last attempt. */
async function waitToRepeat(failed: Failed, { context, limits }: RepeatParts): Promise<void> {
  const { sending, tried, attempt } = failed
  const { request, policy, signal } = sending
  if (!isWorthAnother(failed)) throw lastFailure(failed)
  const asked = serverMs(tried, policy)
  if (asked !== undefined && asked > policy.retry.maxWaitMs) throw tooLongWait(reasonOf(failed), asked, policy.retry)
  const ms = asked === undefined ? jitterMs(attempt, policy.retry) : asked + policy.retry.extraMs
  if (asked !== undefined && tried.action === 'rate_limited') limits.pause(askerOf(sending, request), ms)
  const seconds = Math.ceil(ms / 100) / 10
  context.log.warning('trying again', { stream: policy.stream, reason: reasonOf(failed), attempt, seconds })
  await waitFor(ms, signal)
}

function isWorthAnother({ sending: { policy }, tried, attempt }: Failed): boolean {
  if (!isRepeating(tried)) return false
  const isHarmless = policy.isSafe || ('problem' in tried && !tried.problem.wasSent)
  return isHarmless && attempt < policy.retry.attempts
}

function isRepeating({ action }: Tried): boolean {
  return action === 'retry' || action === 'rate_limited'
}

function serverMs(tried: Tried, policy: SendPolicy): number | undefined {
  if ('problem' in tried) return undefined
  return askedMs(tried.response, policy.retry, () => bodyOf(tried.response, policy))
}

function lastFailure(failed: Failed): SourceError {
  const { sending, tried, attempt } = failed
  const times = attempt > 1 ? `, the last of ${attempt} attempts` : ''
  const once = isRepeating(tried) && !sending.policy.isSafe ? ', not repeated since safe is false' : ''
  if ('problem' in tried) return new SourceError(`${reasonOf(failed)}${times}${once}`, { cause: tried.problem })
  return new SourceError(`${reasonOf(failed)}${times}${once}; ${adviceOf(tried)}`)
}

function adviceOf({ rule, response }: Exchanged & Verdict): string {
  return rule ? `errors say ${rule.then} when ${rule.when.text}` : adviceFor(response.status)
}

function reasonOf({ sending: { request, policy }, tried }: Failed): string {
  if ('problem' in tried) return `${policy.stream}: ${tried.problem.message}`
  return `${policy.stream}: ${requestText(request)} ${answerText(tried.response)}`
}
