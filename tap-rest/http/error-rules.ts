import { type Json, SourceError } from '../../singer/index.js'
import { type Facts, isTrue } from '../settings/expression.js'
import type { ErrorRule } from '../settings/plan.js'
import type { SendPolicy } from './client.js'
import type { HttpResponse } from './http.js'
import { isRateLimit } from './wait.js'

export interface Verdict {
  readonly action: 'ok' | ErrorRule['then']
  /** The rule that said so, if one did. */
  readonly rule?: ErrorRule
}

/** What is to be done about an answer: as the first rule that matches says, else as its status means. */
export function verdictOf(response: HttpResponse, policy: SendPolicy): Verdict {
  if (policy.errors.length > 0) {
    const facts = factsOf(response, policy)
    const rule = policy.errors.find(({ when }) => isTrue(when.evaluate(facts)))
    if (rule) return { action: rule.then, rule }
  }
  return { action: defaultFor(response) }
}

function defaultFor({ status, headers }: HttpResponse): Verdict['action'] {
  if (status >= 200 && status < 300) return 'ok'
  if (status === 401) return 'refresh_token'
  if (status === 429 || (status === 403 && isRateLimit(headers))) return 'rate_limited'
  return status >= 500 || status === 408 || status === 425 ? 'retry' : 'fail'
}

function factsOf(response: HttpResponse, policy: SendPolicy): Facts {
  let body: Json | undefined
  return {
    status: response.status,
    headers: response.headers,
    body() {
      body ??= bodyOf(response, policy)
      return body
    },
  }
}

/** Null when it cannot be read: rules then do not match, and whoever reads a good answer says what is wrong with it. */
export function bodyOf(response: HttpResponse, policy: SendPolicy): Json {
  try {
    return policy.body(response)
  } catch (problem) {
    if (problem instanceof SourceError) return null
    throw problem
  }
}
