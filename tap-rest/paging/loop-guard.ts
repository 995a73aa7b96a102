import { createHash } from 'node:crypto'
import { SourceError, stableText } from '../../singer/index.js'
import type { HttpRequest } from '../http/http.js'
import type { Page } from '../page/page.js'
import type { Path } from '../settings/plan.js'
import type { Turn } from './paginator.js'
import { createSeen } from './seen.js'
import { indexOfPath } from './turn-facts.js'

export interface LoopGuard {
  /**
   * For each page of a sequence, in order, before anything of it is sent on. `repeats`: it brings nothing that the page
   * before has not brought, as sources do behind their end. `restarts`: an earlier page comes behind the end.
   * @throws SourceError when the sequence goes round without such an end.
   */
  check(turn: Turn): 'fresh' | 'repeats' | 'restarts'
}

export interface LoopGuardOptions {
  readonly stream: string
  /** Empty: records are compared as whole pages only. */
  readonly primaryKey: readonly Path[]
  readonly wanted: readonly Path[]
  /** Page numbers and offsets never come twice: a page that does is a source that begins again behind its end. */
  readonly followsTokens: boolean
}

/** Pages without records in a row, each with a new token: sources that filter late have many, but not for ever. */
export const mostEmptyPages = 1000

export function createLoopGuard({ stream, primaryKey, wanted, followsTokens }: LoopGuardOptions): LoopGuard {
  const key = primaryKey.map((path) => indexOfPath(wanted, path))
  const isRequestSeen = createSeen()
  const isPageSeen = createSeen()
  let before: { readonly hash: string; readonly keys: ReadonlySet<string> | undefined } | undefined
  let emptyPages = 0

  function checkEmpty({ number }: Turn, isAgain: boolean): 'fresh' | 'repeats' {
    if (isAgain) return 'repeats'
    if (++emptyPages <= mostEmptyPages) return 'fresh'
    throw new SourceError(
      `${stream}: ${mostEmptyPages} pages in a row were empty, up to page ${number}, and more are promised`,
    )
  }

  function isRepeat(page: Page): boolean {
    if (!before) return false
    return page.hash === before.hash || (before.keys !== undefined && hasOnly(page, key, before.keys))
  }

  return {
    check(turn) {
      const { page, number } = turn
      const isAgain = isRequestSeen(digestOf(turn.request))
      if (page.count === 0) return checkEmpty(turn, isAgain)
      emptyPages = 0
      if (isRepeat(page)) return 'repeats'
      const isOldPage = isPageSeen(page.hash)
      if (isOldPage && !followsTokens && key.length > 0) return 'restarts'
      if (isAgain || isOldPage) throw goesRound(stream, number, isAgain)
      before = { hash: page.hash, keys: key.length > 0 ? keysOf(page, key) : undefined }
      return 'fresh'
    },
  }
}

function goesRound(stream: string, number: number, isAgain: boolean): SourceError {
  const what = isAgain ? 'was asked for with a token that had been used before' : 'is an earlier page again'
  return new SourceError(
    `${stream}: paging goes round: page ${number} ${what}; check paginate, or end it with stop_when or max_pages`,
  )
}

function digestOf({ method, url, headers, body }: HttpRequest): string {
  const text = stableText({ method, url: url.href, headers, ...(body && { body: { ...body } }) })
  return createHash('sha1').update(text).digest('base64')
}

const nullText = Buffer.from('null')

/** Texts of the keys; undefined as soon as a record has none. */
function keysOf(page: Page, key: readonly number[]): Set<string> | undefined {
  const keys = new Set<string>()
  for (let i = 0; i < page.count; i++) {
    const text = keyOf(page, i, key)
    if (text === undefined) return undefined
    keys.add(text)
  }
  return keys
}

function hasOnly(page: Page, key: readonly number[], keys: ReadonlySet<string>): boolean {
  for (let i = 0; i < page.count; i++) {
    const text = keyOf(page, i, key)
    if (text === undefined || !keys.has(text)) return false
  }
  return true
}

function keyOf(page: Page, index: number, key: readonly number[]): string | undefined {
  let text = ''
  for (const wanted of key) {
    const part = page.field(index, wanted)
    if (part === undefined || part.equals(nullText)) return undefined
    text += `${part.toString('latin1')}\n`
  }
  return text
}
