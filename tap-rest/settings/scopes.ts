import type { Json } from '../../singer/index.js'

/** What a placeholder refers to. */
export interface Reference {
  readonly scope: ScopeName
  readonly path: readonly string[]
}

export type ScopeName = (typeof scopeNames)[number]
export const scopeNames = [
  'config',
  'env',
  'state',
  'window',
  'parent',
  'list',
  'page',
  'params',
  'body',
  'now',
] as const

/** What placeholders may mean; `now` is the start of the run, as a text of RFC 3339. */
export type Scopes = Readonly<Partial<Record<ScopeName, Json>>>
