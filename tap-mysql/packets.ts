/** The longest payload. One of this length goes on in the next packet. */
export const longestPayload = 0xffffff

const headerLength = 4

/**
 * Cuts what the server sends into packets: `bytes[start…end)` is a payload, behind a header of three bytes length and
 * one byte sequence id. Packets that lie in one chunk are not copied.
 */
export class Packets {
  bytes: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  #chunk: Buffer = this.bytes
  #at = 0
  /** The beginning of a packet that goes on in the next chunk. */
  #carry = Buffer.allocUnsafeSlow(64 * 1024)
  #carried = 0

  push(chunk: Buffer): void {
    const rest = this.#chunk.subarray(this.#at)
    this.#chunk = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    this.#at = 0
  }

  /** Moves to the next packet; the one before may be overwritten. False: its end has not arrived. */
  advance(): boolean {
    if (this.#carried > 0) return this.#advanceInCarry()
    const chunk = this.#chunk
    const start = this.#at + headerLength
    const end = start > chunk.length ? start : start + chunk.readUIntLE(this.#at, 3)
    if (end > chunk.length) return this.#advanceInCarry()
    this.bytes = chunk
    this.start = start
    this.end = end
    this.#at = end
    return true
  }

  #advanceInCarry(): boolean {
    if (!this.#carryUpTo(headerLength)) return false
    const end = headerLength + this.#carry.readUIntLE(0, 3)
    if (!this.#carryUpTo(end)) return false
    this.bytes = this.#carry
    this.start = headerLength
    this.end = end
    this.#carried = 0
    return true
  }

  #carryUpTo(length: number): boolean {
    if (length > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(length)
      this.#carry.copy(larger, 0, 0, this.#carried)
      this.#carry = larger
    }
    const missing = Math.max(0, length - this.#carried)
    const copied = this.#chunk.copy(this.#carry, this.#carried, this.#at, this.#at + missing)
    this.#at += copied
    this.#carried += copied
    return copied === missing
  }
}
