import type { Log } from '../singer/log.js'

const wordings = {
  extra: {
    once: 'a property is not in the SCHEMA: its values are left out',
    total: 'values of properties beside the SCHEMA were left out',
  },
  nul: {
    once: 'a text holds U+0000, which PostgreSQL and Redshift do not load',
    total: 'rows hold U+0000',
  },
  quotedNull: {
    once: 'a row of one NULL is written as an empty string, since readers skip an empty line',
    total: 'rows of one NULL were written as empty strings',
  },
} as const

type Kind = keyof typeof wordings

/** What is no failure but must not stay unknown: told once for each column, counted, and summed up at the end. */
export class Notes {
  readonly #log: Log
  readonly #told = new Set<string>()
  readonly #counts = new Map<string, Map<Kind, number>>()

  constructor(log: Log) {
    this.#log = log
  }

  add(kind: Kind, stream: string, column: string) {
    const counts = this.#counts.get(stream) ?? new Map<Kind, number>()
    this.#counts.set(stream, counts.set(kind, (counts.get(kind) ?? 0) + 1))
    const key = JSON.stringify([kind, stream, column])
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.#log.warning(wordings[kind].once, { stream, column })
  }

  /** An unknown type of message, told once. */
  unknownType(type: string) {
    if (this.#told.has(type)) return
    this.#told.add(type)
    this.#log.warning('messages of an unknown type are ignored', { type })
  }

  finish() {
    for (const [stream, counts] of this.#counts) {
      for (const [kind, count] of counts) this.#log.warning(wordings[kind].total, { stream, count })
    }
  }
}
