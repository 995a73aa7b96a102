import { performance } from 'node:perf_hooks'
import type { Gate } from '../singer/gate.js'
import type { Compression } from './compression.js'
import type { ObjectNames } from './names.js'
import type { Unfinished } from './states.js'
import type { Store, Upload } from './store.js'

/** What the objects of a run share. */
export interface Workshop {
  readonly store: Store
  /** As many members are compressed and written at a time as it lets in. */
  readonly members: Gate
  /** Takes back buffers given to `append`. */
  release(bytes: Buffer): void
}

export interface Beginning {
  readonly names: ObjectNames
  readonly compression: Compression
  /** The first bytes of the object. */
  readonly header: Buffer
}

/** One object that is being written. Nothing is opened in the store before the first rows. */
export class OpenObject implements Unfinished {
  waiting: number | undefined
  readonly opened = performance.now()
  rows = 0
  /** After compression; what is still being compressed does not count yet. */
  bytes = 0
  readonly #workshop: Workshop
  readonly #beginning: Beginning
  #upload: Promise<Upload> | undefined
  #held: Upload | undefined
  #tail: Promise<void> = Promise.resolve()
  #failure: unknown

  constructor(workshop: Workshop, beginning: Beginning) {
    this.#workshop = workshop
    this.#beginning = beginning
  }

  /** Bytes of memory. */
  get held(): number {
    return this.#held?.held ?? 0
  }

  /** Resolves when there is room for more, not when the bytes are written; they belong to the object from here on. */
  async append(bytes: Buffer, rows: number): Promise<void> {
    await this.#workshop.members.enter()
    this.#tail = this.#write(this.#tail, bytes, this.rows === 0)
    this.rows += rows
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Resolves with its full name when it is durable. */
  async finish(): Promise<string> {
    await this.#tail
    if (this.#failure !== undefined) throw this.#failure
    return (await this.#open()).finish()
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    this.#failure ??= new Error('the object was given up')
    const upload = await this.#upload?.catch(() => undefined)
    await upload?.abort()
    await this.#tail
  }

  /** Never rejects: a failure waits for the next call. */
  async #write(before: Promise<void>, bytes: Buffer, isFirst: boolean): Promise<void> {
    try {
      const [members] = await Promise.all([this.#encode(bytes, isFirst), before])
      for (const member of members) if (this.#failure === undefined) await (await this.#open()).append(member)
    } catch (problem) {
      this.#failure ??= problem
    } finally {
      this.#workshop.members.leave()
      this.#workshop.release(bytes)
    }
  }

  /** The header opens the first member. Long rows are not copied for that: before them it is a member by itself. */
  async #encode(bytes: Buffer, isFirst: boolean): Promise<Buffer[]> {
    const { header, compression } = this.#beginning
    const isJoined = bytes.length <= 2 * compression.memberBytes
    const start = isFirst && header.length > 0 ? [header] : []
    const members = start.length > 0 && isJoined ? [Buffer.concat([header, bytes])] : [...start, bytes]
    const encoded = await Promise.all(members.map((member) => compression.encode(member)))
    for (const { length } of encoded) this.bytes += length
    return encoded
  }

  #open(): Promise<Upload> {
    const { names, compression } = this.#beginning
    this.#upload ??= this.#workshop.store.open(names, compression.contentType).then((upload) => {
      this.#held = upload
      return upload
    })
    return this.#upload
  }
}
