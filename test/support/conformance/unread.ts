import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BinOptions, kernelPipe, type Running, startProgram } from '../bins.js'

/** A program that writes into a pipe of the kernel which is read only when the test says so. */
export interface Unread extends Running {
  /** Reads until this much has come in all, then stops reading. */
  readUntil(enough: (text: string) => boolean): Promise<string>
  /** Reads to the end: everything from the first byte on. Slowly: 64 KiB, then a pause. */
  readAll(pauseMs?: number): Promise<Buffer>
  /** What a reader does that has seen enough. */
  closeReader(): void
}

export interface UnreadOptions extends Omit<BinOptions, 'input'> {
  /** stderr goes into the same pipe. */
  readonly merged?: boolean
}

export async function startUnread(command: readonly string[], options: UnreadOptions = {}): Promise<Unread> {
  const { reader, writer } = await kernelPipe()
  const running = startProgram(command, ['ignore', writer, options.merged ? writer : 'pipe'], options)
  closeSync(writer)
  const socket = new Socket({ fd: reader, readable: true, writable: false })
  const chunks: Buffer[] = []
  const next = async (): Promise<boolean> => {
    while (!socket.readableEnded && !socket.destroyed) {
      const chunk: unknown = socket.read()
      if (Buffer.isBuffer(chunk)) return chunks.push(chunk) > 0
      await sleep(5)
    }
    return false
  }
  return {
    ...running,
    async readUntil(enough) {
      while (!enough(Buffer.concat(chunks).toString()) && (await next()));
      return Buffer.concat(chunks).toString()
    },
    async readAll(pauseMs = 0) {
      while (await next()) if (pauseMs > 0) await sleep(pauseMs)
      return Buffer.concat(chunks)
    },
    closeReader: () => socket.destroy(),
  }
}

/** Waits until records flow, and then long enough for every buffer on the way to fill up. */
export async function untilFull({ readUntil }: Unread): Promise<void> {
  await readUntil((text) => text.includes('"RECORD"'))
  await sleep(700)
}
