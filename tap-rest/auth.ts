import type { HttpRequest } from './http.js'

/** The credentials of one `auth` of the settings. */
export interface Auth {
  /** With its credentials. Fetches a token first where one is needed: one fetch for all who wait. */
  authorize(request: HttpRequest): Promise<Authorized>
  /** After a 401: true when credentials newer than those of `authorized` are at hand, so that another attempt is worth it. */
  renew(authorized: Authorized): Promise<boolean>
}

export interface Authorized {
  readonly request: HttpRequest
  /** Which credentials it holds: counts up with each renewal. */
  readonly generation: number
}
