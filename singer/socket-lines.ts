import type { OnReadOpts, Socket } from 'node:net'
import { SingerError } from './errors.js'
import { LineBuffer } from './line-buffer.js'
import type { Lines } from './target.js'

const idleMs = 1_000
const nothing: Lines = Buffer.alloc(0)

/** The kernel writes straight into the buffer. While lines are worked on nothing is read: the pipe fills up. */
export async function* socketLines(
  connect: (onread: OnReadOpts) => Socket,
  signal: AbortSignal,
): AsyncGenerator<Lines> {
  const buffer = new LineBuffer()
  const arrival = new Arrival()
  const socket = connect({ buffer: () => buffer.space(), callback: (count) => !arrival.lines(buffer.added(count)) })
  socket.on('end', () => arrival.end())
  socket.on('error', (problem) => arrival.end(problem))
  const wake = () => arrival.wake()
  signal.addEventListener('abort', wake)
  try {
    while (arrival.isAwaited) {
      signal.throwIfAborted()
      socket.resume()
      const lines = await arrival.next()
      signal.throwIfAborted()
      yield lines
    }
    const rest = buffer.rest()
    if (rest) yield rest
  } finally {
    signal.removeEventListener('abort', wake)
    arrival.close()
    socket.destroy()
  }
}

/** From the callbacks of a socket to somebody who waits for it. */
class Arrival {
  #lines: Lines | undefined
  #hasEnded = false
  #problem: Error | undefined
  #resolve: () => void = () => undefined
  readonly #timer = setTimeout(() => this.wake(), idleMs)

  get isAwaited(): boolean {
    return this.#lines !== undefined || !this.#hasEnded
  }

  /** True if there are any: then no more should be read. */
  lines(lines: Lines | undefined): boolean {
    this.#lines = lines
    if (lines) this.wake()
    return lines !== undefined
  }

  end(problem?: Error): void {
    this.#hasEnded = true
    this.#problem = problem
    this.wake()
  }

  wake(): void {
    this.#resolve()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  /** The lines that came; none after a second, at the end, and when somebody else wakes. */
  async next(): Promise<Lines> {
    if (!this.#lines && !this.#hasEnded) await this.#wait()
    const lines = this.#lines ?? nothing
    this.#lines = undefined
    if (this.#problem) throw new SingerError(`read the input: ${this.#problem.message}`, { cause: this.#problem })
    return lines
  }

  #wait(): Promise<void> {
    this.#timer.refresh()
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }
}
