import { type ApiCall, type ApiData, bodyOf, type Endpoint, jsonAnswer, numberIn } from './api-call.js'
import { apiChildren, listOf } from './api-records.js'

/** The children of a parent (any record of `/all`), wherever the request names it; a page of them with `?page=` and `?per_page=`. */
export const childEndpoints: Readonly<Record<string, Endpoint>> = {
  '/children': (call, data) => childrenOf(call, data, call.query.get('parent')),
  '/children-header': (call, data) => childrenOf(call, data, call.headers['x-parent']),
  '/children-json': (call, data) => childrenOf(call, data, bodyOf(call).parent),
  '/children-form': (call, data) => childrenOf(call, data, new URLSearchParams(call.body).get('parent')),
  /** `?ids=1,2,3`: the children of many. */
  '/children-bulk': (call, { childrenPer }) => {
    const parents = (call.query.get('ids') ?? '').split(',').filter((id) => id !== '')
    return jsonAnswer(listOf(parents.flatMap((parent) => apiChildren(parent, childrenPer))))
  },
}

/** `/parents/<id>/children`, and `/parents/<id>` for the parent itself. */
export function childOfPath(call: ApiCall, data: ApiData) {
  const [, parent, rest] = /^\/parents\/([^/]+)(\/children)?$/.exec(call.path) ?? []
  if (parent === undefined) return undefined
  if (rest) return childrenOf(call, data, decodeURIComponent(parent))
  const found = data.records.find(({ id }) => id === decodeURIComponent(parent))
  return found ? jsonAnswer(found.text) : { ...jsonAnswer('{"error":"not found"}'), status: 404 }
}

function childrenOf(call: ApiCall, { childrenPer }: ApiData, parent: unknown) {
  if (parent === null || parent === undefined) return { ...jsonAnswer('{"error":"no parent"}'), status: 400 }
  const size = numberIn(call, 'per_page', childrenPer)
  const from = (numberIn(call, 'page', 1) - 1) * size
  return jsonAnswer(listOf(apiChildren(String(parent), childrenPer).slice(from, from + size)))
}
