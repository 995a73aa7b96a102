import { Digits, type Json, parseJson } from '../../singer/index.js'
import type { Page } from '../page/page.js'
import type { Facts } from '../settings/expression.js'
import { pathText, valueAt } from '../settings/path.js'
import type { Path } from '../settings/plan.js'
import type { Turn } from './paginator.js'

/** What the answer has there: a path in its body, or a header as `headers.x`. */
export function answerAt({ response, page }: Turn, path: Path): Json | undefined {
  if (path.length === 2 && path[0] === 'headers') return response.headers[path[1]?.toLowerCase() ?? '']
  return valueAt(page.envelope, path)
}

/** A number, or a text that is one; undefined when there is neither. */
export function numberOf(value: Json | undefined): number | undefined {
  const text = value instanceof Digits ? value.text : value
  if (typeof text === 'number') return text
  return typeof text === 'string' && /^\s*\d+(\.0*)?\s*$/.test(text) ? Number(text) : undefined
}

/** What expressions can ask of an answer. */
export function factsOf({ response, page }: Turn): Facts {
  return {
    status: response.status,
    headers: response.headers,
    body: () => page.envelope,
    records: { count: page.count, first: () => recordOf(page, 0), last: () => recordOf(page, page.count - 1) },
  }
}

function recordOf(page: Page, index: number): Json {
  return index >= 0 && index < page.count ? parseJson(page.record(index).toString()) : null
}

/** Where the reader's pages have this path. */
export function indexOfPath(wanted: readonly Path[], path: Path): number {
  const index = wanted.findIndex((one) => one.length === path.length && one.every((name, i) => name === path[i]))
  if (index < 0) throw new Error(`the page reader was not asked for ${pathText(path)}`)
  return index
}
