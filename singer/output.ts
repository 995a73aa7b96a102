import { problemText, SingerError } from './errors.js'
import { Interruption, readerIsGone, type Stop } from './interruption.js'

/** Less is gathered before it is written: a system call costs as much as copying it. */
const enough = 64 * 1024
const idleMs = 100
/** Of longer bytes it is seen part by part whether anybody reads them. */
const longestPart = 128 * 1024

/** The only writer to a tap's stdout. A reader that goes away aborts the run, and each write then fails with that reason. */
export class Output {
  #gathered: Buffer[] = []
  #size = 0
  #idle: NodeJS.Timeout | undefined
  #underWay = 0
  #lastWrite: Promise<void> = Promise.resolve()
  #writeBefore: Promise<void> = Promise.resolve()
  readonly #stop: Stop

  constructor(stop: Stop) {
    this.#stop = stop
    // Writes report their failures themselves.
    process.stdout.on('error', () => undefined)
  }

  /**
   * Resolves when at most one write is under way: meanwhile the tap makes the next message. Large bytes are not copied
   * and must stay as they are until the write after the next one.
   */
  async write(bytes: Buffer): Promise<void> {
    if (bytes.length < enough / 4) {
      this.#gather(Buffer.from(bytes))
    } else {
      this.#flush()
      this.#put(bytes)
    }
    await this.#writeBefore
  }

  /** Resolves when everything is written. */
  async end(text = ''): Promise<void> {
    this.#gather(Buffer.from(text))
    this.#flush()
    await this.#lastWrite
  }

  #gather(bytes: Buffer): void {
    this.#gathered.push(bytes)
    this.#size += bytes.length
    this.#idle ??= setTimeout(() => this.#flushIdle(), idleMs)
    if (this.#size >= enough) this.#flush()
  }

  /** While a write is under way, the reader is the slow one: more can be gathered. */
  #flushIdle(): void {
    if (this.#underWay > 0) this.#idle?.refresh()
    else this.#flush()
  }

  #flush(): void {
    clearTimeout(this.#idle)
    this.#idle = undefined
    if (this.#size > 0) this.#put(Buffer.concat(this.#gathered))
    this.#gathered = []
    this.#size = 0
  }

  /** Writes come one after the other. */
  #put(bytes: Buffer): void {
    this.#writeBefore = this.#lastWrite
    this.#underWay++
    this.#lastWrite = this.#writeBefore.then(() => this.#written(bytes)).finally(() => this.#underWay--)
    // Whoever writes next, or ends, is told.
    this.#lastWrite.catch(() => undefined)
  }

  async #written(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length; from += longestPart) {
      await this.#writtenPart(bytes.subarray(from, from + longestPart))
      this.#stop.moved()
    }
  }

  #writtenPart(part: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      process.stdout.write(part, (problem) => (problem ? reject(this.#failure(problem)) : resolve()))
    })
  }

  #failure(problem: NodeJS.ErrnoException): SingerError {
    if (problem.code !== 'EPIPE') return new SingerError(`write to stdout: ${problemText(problem)}`, { cause: problem })
    const reason = new Interruption('reader closed the pipe', readerIsGone)
    this.#stop.abort(reason)
    return reason
  }
}
