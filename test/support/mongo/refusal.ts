import type { Document } from 'bson'
import type { Answer } from './types.js'

/** An error's reply, for handlers to throw. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly reply: Document

  constructor(code: number, codeName: string, message = codeName, fields: Document = {}) {
    super(message)
    this.reply = { ok: 0, errmsg: message, code, codeName, ...fields }
  }
}

/** An answer that is an error; `fields` for instance `{ errorLabels: ['RetryableError'] }`. */
export function failure(code: number, codeName: string, message = codeName, fields: Document = {}): Answer {
  return { reply: new Refusal(code, codeName, message, fields).reply }
}
