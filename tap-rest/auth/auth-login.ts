import { Digits, type Json } from '../../singer/index.js'
import type { HttpRequest } from '../http/http.js'
import { urlText } from '../http/url-text.js'
import { pathText, valueAt } from '../settings/path.js'
import type { LoginPlan } from '../settings/plan.js'
import type { Auth, AuthParts } from './auth.js'
import { answerTo, jsonIn } from './auth-answer.js'
import { RefusedError, renewal, type Token, tokenAuth } from './auth-token.js'

export function loginAuth(plan: LoginPlan, parts: AuthParts): Auth {
  return tokenAuth(() => loggedIn(plan, parts), plan.as, parts.clock)
}

async function loggedIn(plan: LoginPlan, parts: AuthParts): Promise<Token> {
  const request: HttpRequest = { ...plan.request, url: new URL(plan.request.url) }
  const what = `log in at ${urlText(request.url)}`
  const response = await answerTo(request, parts)
  if (response.status >= 300) throw new RefusedError(`${what}: refused with ${response.status}; check auth.login`)
  const token = textOf(valueAt(jsonIn(response), plan.token))
  if (token === undefined) {
    throw new RefusedError(`${what}: the answer holds no text at ${pathText(plan.token)}; check auth.login.token`)
  }
  parts.context.log.redact([token])
  return { value: token, ...renewal((parts.clock ?? Date.now)(), plan.ttl) }
}

function textOf(value: Json | undefined): string | undefined {
  if (value instanceof Digits) return value.text
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
