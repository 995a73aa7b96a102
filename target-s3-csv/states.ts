/** Something that holds records that are not durable yet. */
export interface Unfinished {
  /** Number of the first state that must wait for it; undefined until a state has come after its first record. */
  waiting: number | undefined
}

interface Pending {
  readonly number: number
  readonly text: string
}

/**
 * Which state is safe now. A state is safe when every record before it, of every stream, is durable: the newest safe
 * one counts, older ones are never needed again. Keeps at most one state more than there are unfinished objects.
 */
export class States {
  #received = 0
  #pending: Pending[] = []
  #last: string | undefined

  /** `text`: as it came. `unfinished`: all that holds earlier records. */
  receive(text: string, unfinished: Iterable<Unfinished>): void {
    if (/^\{\s*\}$/.test(text)) return
    const number = ++this.#received
    let isFirstToWait = false
    for (const one of unfinished) {
      if (one.waiting !== undefined) continue
      one.waiting = number
      isFirstToWait = true
    }
    // Nothing came between the last state and this one that only this one waits for: they become safe together.
    if (!isFirstToWait) this.#pending.pop()
    this.#pending.push({ number, text })
  }

  /** The newest safe state, unless it was given already. */
  safe(unfinished: Iterable<Unfinished>): string | undefined {
    if (this.#pending.length === 0) return undefined
    const limit = firstWaiting(unfinished)
    const newest = this.#pending.findLast(({ number }) => number < limit)
    if (newest === undefined) return undefined
    this.#pending = this.#pending.filter(({ number }) => number > newest.number)
    if (newest.text === this.#last) return undefined
    this.#last = newest.text
    return newest.text
  }
}

function firstWaiting(unfinished: Iterable<Unfinished>): number {
  let first = Number.POSITIVE_INFINITY
  for (const { waiting } of unfinished) if (waiting !== undefined && waiting < first) first = waiting
  return first
}
