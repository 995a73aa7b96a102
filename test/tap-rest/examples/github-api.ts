import type { JsonObject } from '../../../singer/json.js'
import { type ApiCall, type Endpoint, numberIn, urlWith } from '../../support/api-call.js'
import { type Api, forbiddenUntil, jsonAnswer, startApi } from '../../support/api-server.js'
import { guarded } from '../documented.js'

export interface GitHub extends Api {
  readonly issues: Issue[]
  commentsOf(issue: number): readonly JsonObject[]
}

export type Issue = JsonObject & { readonly number: number; readonly updated_at: string }

export const token = 'github-token-0'
const repo = '/repos/octokit/fixtures'

/**
 * Issues, comments and labels of a repository as https://docs.github.com/rest describes them: at most 100 a page, a Link
 * header, `since` inclusive, and a rate limit that is spent after the first request.
 */
export async function startGitHub(count: number): Promise<GitHub> {
  const issues = Array.from({ length: count }, (_, i) => issue(i + 1, i))
  const endpoints: Record<string, Endpoint> = {
    [`${repo}/issues`]: (call) => paged(call, matching(issues, call)),
    [`${repo}/labels`]: (call) => paged(call, [{ id: 1, name: 'bug', color: 'f29513' }]),
  }
  for (let number = 1; number <= count + 1; number++) {
    endpoints[`${repo}/issues/${number}/comments`] = (call) => paged(call, commentsOf(number))
  }
  // GitHub refuses requests without a User-Agent.
  const headers = { authorization: `Bearer ${token}`, 'user-agent': /^tap-rest\/\d/ }
  const spent = forbiddenUntil(Math.ceil(Date.now() / 1000) + 1)
  const faults = [{ path: `${repo}/issues`, after: 1, times: 1, fault: spent }]
  const api = await startApi({ endpoints: guarded(headers, endpoints), faults })
  return Object.assign(api, { issues, commentsOf })
}

/** Updated so many minutes after 2024-03-01. */
export function issue(number: number, minutes: number): Issue {
  const updated = new Date(Date.UTC(2024, 2, 1, 0, minutes)).toISOString().replace('.000', '')
  return { id: 1000 + number, number, title: `Issue ${number}`, user: { login: 'octocat' }, updated_at: updated }
}

function commentsOf(number: number): readonly JsonObject[] {
  return Array.from({ length: number % 3 }, (_, i) => ({ id: 10 * number + i, body: `Comment ${i} on ${number}` }))
}

function matching(issues: readonly Issue[], { query }: ApiCall): readonly Issue[] {
  const isAsked = query.get('state') === 'all' && query.get('sort') === 'updated' && query.get('direction') === 'asc'
  if (!isAsked) return []
  const since = Date.parse(query.get('since') ?? '1970-01-01')
  const found = issues.filter(({ updated_at }) => Date.parse(updated_at) >= since)
  return found.toSorted((a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at))
}

function paged(call: ApiCall, all: readonly JsonObject[]) {
  const size = Math.min(numberIn(call, 'per_page', 30), 100)
  const page = numberIn(call, 'page', 1)
  const last = Math.max(1, Math.ceil(all.length / size))
  const to = (rel: string, target: number) => `<${urlWith(call, { page: target }).href}>; rel="${rel}"`
  const links = page < last ? [to('next', page + 1), to('last', last)] : []
  const back = page > 1 ? [to('prev', page - 1), to('first', 1)] : []
  const link = [...back, ...links].join(', ')
  const headers = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', ...(link !== '' && { link }) }
  return jsonAnswer(JSON.stringify(all.slice((page - 1) * size, page * size)), headers)
}
