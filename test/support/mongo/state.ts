import { Timestamp } from 'bson'
import type { Cursors } from './cursors.js'
import type { Store } from './store.js'
import type { ScriptedOptions } from './types.js'

/** What the handlers of commands share. */
export interface State {
  readonly options: ScriptedOptions
  readonly address: string
  readonly store: Store
  readonly cursors: Cursors
  readonly clock: Clock
  readonly forbidden: Set<string>
  /** Connections. */
  readonly loggedIn: Set<number>
}

export interface Clock {
  readonly now: Timestamp
  tick(): Timestamp
}

/** The server's logical clock: the second of its start, then an increment per write. */
export function startClock(): Clock {
  let now = new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 })
  return {
    get now() {
      return now
    },
    tick() {
      const t = Math.max(Math.floor(Date.now() / 1000), now.t)
      now = new Timestamp({ t, i: t === now.t ? now.i + 1 : 1 })
      return now
    },
  }
}
