import { Timestamp } from 'bson'
import { atTime, type Position } from './change-positions.js'
import { documentOf, elements, toBson } from './elements.js'
import type { Input, Scripted } from './types.js'

export interface Change {
  /** insert, update, replace, delete, drop, rename, dropDatabase, … */
  readonly operation: string
  readonly database: string
  /** Empty for what concerns the database. */
  readonly collection: string
  /** Of an insert or a replace, and of an update the post-image. */
  readonly document?: Input
  /** Where absent: the `_id` of the document, or of `before`. */
  readonly key?: Input
  readonly before?: Input
  /** The new name of a rename. */
  readonly to?: string
}

export interface Entry extends Omit<Change, 'document' | 'key' | 'before'> {
  readonly time: Timestamp
  readonly document: Buffer | undefined
  readonly key: Buffer | undefined
  readonly before: Buffer | undefined
}

/** What happened on a server, in the order of time, and who waits for more. */
export interface ChangeLog {
  readonly server: Scripted
  readonly entries: readonly Entry[]
  /** The log no longer reaches back behind this. */
  readonly horizon: Position
  add(change: Change, time: Timestamp): void
  forget(before: Timestamp): void
  /** Until something is added, `wake` is called or the time is over. */
  wait(ms: number): Promise<void>
  wake(): void
}

export function changeLog(server: Scripted): ChangeLog {
  const entries: Entry[] = []
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const end of waiting) end()
  }
  let horizon = atTime(new Timestamp({ t: 0, i: 0 }))
  return {
    server,
    entries,
    get horizon() {
      return horizon
    },
    add(change, time) {
      entries.push(entryOf(change, time))
      wake()
    },
    forget(before) {
      horizon = atTime(before)
      wake()
    },
    async wait(ms) {
      await new Promise<void>((resolve) => {
        const end = () => {
          waiting.delete(end)
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(end, ms)
        waiting.add(end)
      })
    },
    wake,
  }
}

function entryOf(change: Change, time: Timestamp): Entry {
  const [document, before] = [bytesOf(change.document), bytesOf(change.before)]
  return { ...change, time, document, before, key: bytesOf(change.key) ?? idOf(document ?? before) }
}

function bytesOf(input: Input | undefined): Buffer | undefined {
  return input && toBson(input)
}

function idOf(document: Buffer | undefined): Buffer | undefined {
  return document && documentOf(elements(document).filter(({ name }) => name === '_id'))
}
