import { Gate } from '../singer/gate.js'

const slabBytes = 64 << 10

/**
 * The memory of parts, shared by all uploads. What is not a part yet lies in slabs, so that many small objects hold little;
 * slabs and parts are used again.
 */
export class PartBuffers {
  readonly partBytes: number
  readonly slabBytes = slabBytes
  /** Who sends a part or a whole object is inside. */
  readonly sending: Gate
  readonly #mostFree: number
  readonly #freeParts: Buffer[] = []
  readonly #freeSlabs: Buffer[] = []

  constructor(partBytes: number, partsInFlight: number) {
    this.partBytes = partBytes
    this.sending = new Gate(partsInFlight)
    this.#mostFree = partsInFlight
  }

  takePart(): Buffer {
    return this.#freeParts.pop() ?? Buffer.allocUnsafeSlow(this.partBytes)
  }

  releasePart(part: Buffer): void {
    if (this.#freeParts.length < this.#mostFree) this.#freeParts.push(part)
  }

  takeSlab(): Buffer {
    return this.#freeSlabs.pop() ?? Buffer.allocUnsafeSlow(slabBytes)
  }

  releaseSlabs(slabs: readonly Buffer[]): void {
    this.#freeSlabs.push(...slabs)
  }
}
