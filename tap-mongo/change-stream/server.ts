import type { Start } from './change-stream.js'
import { type Commands, type Cursor, openCursor } from './cursor.js'
import { pipeline, type Way, ways } from './pipeline.js'
import { isRefusal, RefusedError } from './refusal.js'
import { isSwitchedOff, switchOn } from './switch-on.js'

/** Collections that share a cursor, and so a token. */
export interface Watched {
  readonly collections: readonly string[]
  readonly cursor: Cursor
}

/** Opens cursors, and remembers how this server wants to be asked. Fails with what the driver throws. */
export class Server {
  readonly #commands: Commands
  /** Those that may still do, the one that gives most first. */
  #ways = ways

  constructor(commands: Commands) {
    this.#commands = commands
  }

  /** For messages. */
  named(collections: readonly string[]): string {
    return collections.map((each) => `${this.#commands.database}.${each}`).join(', ')
  }

  /** One cursor for all; where the server has none for databases, one for each. */
  watch(collections: readonly string[], start: Start): Promise<Watched[]> {
    return this.#firstAccepted(start, (way) => this.#openAll(collections, start, way))
  }

  /** Once more what `watch` has opened. */
  reopen(collections: readonly string[], start: Start): Promise<Cursor> {
    return this.#firstAccepted(start, (way) => this.#open(collections, start, way))
  }

  async #firstAccepted<T>(start: Start, open: (way: Way) => Promise<T>): Promise<T> {
    let refusal: unknown
    for (const way of this.#ways) {
      // Without a token they are the same.
      if (start.kind !== 'token' && way.resume !== 'startAfter' && this.#ways.length > 1) continue
      try {
        const opened = await open(way)
        this.#remember(way, start)
        return opened
      } catch (cause) {
        if (!isRefusal(cause)) throw cause
        // The last one asks for the least: what is wrong with it is what is wrong.
        refusal = cause
      }
    }
    throw refusal
  }

  #remember(way: Way, start: Start): void {
    if (way.stages === 'cosmos' && this.#ways.length > 2) {
      this.#commands.common.context.log.warning('the change streams of this server do not tell of deletes')
    }
    this.#ways = this.#ways.filter((other) => isLike(other, way, start))
  }

  async #openAll(collections: readonly string[], start: Start, way: Way): Promise<Watched[]> {
    const opened: Watched[] = []
    try {
      for (const shared of way.scope === 'database' ? [collections] : collections.map((each) => [each])) {
        opened.push({ collections: shared, cursor: await this.#open(shared, start, way) })
      }
      return opened
    } catch (cause) {
      for (const { cursor } of opened) await cursor.close()
      throw cause
    }
  }

  async #open(collections: readonly string[], start: Start, way: Way): Promise<Cursor> {
    const { config } = this.#commands.common
    const scope = way.scope === 'database' ? 1 : (collections[0] ?? '')
    const stages = pipeline({ way, collections, start }, config)
    try {
      return await this.#openCursor(scope, stages)
    } catch (cause) {
      if (!config.enable_documentdb_change_streams || !isSwitchedOff(cause)) throw cause
      await switchOn(this.#commands, collections)
      return await this.#openCursor(scope, stages)
    }
  }

  async #openCursor(scope: string | 1, stages: object[]): Promise<Cursor> {
    const cursor = await openCursor(this.#commands, scope, stages)
    if (scope !== 1 || cursor.first.collection === wholeDatabase) return cursor
    await cursor.close()
    throw new RefusedError(
      `the server takes a stream of the database for one of a collection ${cursor.first.collection}`,
    )
  }
}

/** As the server names what has no collection. */
const wholeDatabase = '$cmd.aggregate'

/** Ways between which the server has not decided yet. */
function isLike(other: Way, accepted: Way, start: Start): boolean {
  const isSame = other.scope === accepted.scope && other.stages === accepted.stages
  return isSame && (start.kind !== 'token' || other.resume === accepted.resume)
}
