import type { Json } from '../singer/index.js'

/** A JSON value with placeholders `{scope.path|filter}`, parsed once. */
export interface Template {
  readonly references: readonly Reference[]
  /**
   * The value. A text that is one placeholder gives the placeholder's value with its type; `undefined` when that is absent.
   * @throws SourceError that names the placeholder when a part of a longer text is absent.
   */
  render(scopes: Scopes): Json | undefined
}

export interface Reference {
  readonly scope: ScopeName
  readonly path: readonly string[]
}

export type ScopeName = (typeof scopeNames)[number]
export const scopeNames = ['config', 'env', 'state', 'window', 'parent', 'list', 'page', 'params', 'body', 'now'] as const

/** What placeholders may mean; `now` is the start of the run, as a text of RFC 3339. */
export type Scopes = Readonly<Partial<Record<ScopeName, Json>>>
