import type { PartBuffers } from './part-buffers.js'

/** A part to be sent. `buffer` goes back to the shared ones afterwards. */
export interface Part {
  readonly body: Buffer
  readonly buffer: Buffer
}

/** Gathers the bytes of an upload's next part. The first one lies in slabs, since many objects never fill a part. */
export class NextPart {
  readonly #buffers: PartBuffers
  #isFirst: boolean = true
  #slabs: Buffer[] = []
  #part: Buffer | undefined
  #length = 0

  constructor(buffers: PartBuffers) {
    this.#buffers = buffers
  }

  get isFirst(): boolean {
    return this.#isFirst
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  get isFull(): boolean {
    return this.#length === this.#buffers.partBytes
  }

  /** Bytes of memory. */
  get held(): number {
    return this.#slabs.length * this.#buffers.slabBytes + (this.#part?.length ?? 0)
  }

  /** Takes as many of the bytes from `from` on as there is room for, and returns how many. */
  add(bytes: Buffer, from: number): number {
    const { space, at } = this.#space()
    const end = Math.min(bytes.length, from + this.#buffers.partBytes - this.#length)
    const taken = bytes.copy(space, at, from, end)
    this.#length += taken
    return taken
  }

  /** Hands the bytes over, and begins the part after them. */
  take(): Part {
    const buffer = this.#part ?? this.#gathered()
    const body = buffer.subarray(0, this.#length)
    this.#part = undefined
    this.#length = 0
    this.#isFirst = false
    return { body, buffer }
  }

  drop(): void {
    this.#buffers.releaseSlabs(this.#slabs)
    this.#slabs = []
    if (this.#part) this.#buffers.releasePart(this.#part)
    this.#part = undefined
  }

  #space(): { space: Buffer; at: number } {
    const length = this.#length
    if (!this.#isFirst) {
      this.#part ??= this.#buffers.takePart()
      return { space: this.#part, at: length }
    }
    const { slabBytes } = this.#buffers
    const slab = this.#slabs[Math.floor(length / slabBytes)] ?? this.#buffers.takeSlab()
    if (length % slabBytes === 0) this.#slabs.push(slab)
    return { space: slab, at: length % slabBytes }
  }

  #gathered(): Buffer {
    const part = this.#buffers.takePart()
    for (const [n, slab] of this.#slabs.entries()) slab.copy(part, n * slab.length)
    this.drop()
    return part
  }
}
