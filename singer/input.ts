import { close, fstatSync, open, read } from 'node:fs'
import { type ConnectOpts, type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { isatty, ReadStream } from 'node:tty'
import { promisify } from 'node:util'
import { ConfigError, problemText } from './errors.js'
import { LineBuffer } from './line-buffer.js'
import { socketLines } from './socket-lines.js'
import type { Lines } from './target.js'

/**
 * Runs of complete lines of stdin, or of a file, framed on 0x0A only; a last line without it gets one. A byte order mark
 * at the very beginning is left out. An empty run when nothing came for a second. Throws the signal's reason once that is
 * aborted.
 */
export async function* readLines(file: string | undefined, signal: AbortSignal): AsyncGenerator<Lines> {
  let isBegun = false
  for await (const lines of linesOf(file === undefined ? 0 : await openFile(file), signal)) {
    yield isBegun || !byteOrderMark.equals(lines.subarray(0, 3)) ? lines : lines.subarray(3)
    isBegun ||= lines.length > 0
  }
}

const byteOrderMark = Buffer.from('\ufeff')

async function openFile(file: string): Promise<number> {
  try {
    return await promisify(open)(file, 'r')
  } catch (problem) {
    throw new ConfigError(`read the input ${file}: ${problemText(problem)}`)
  }
}

async function* linesOf(fd: number, signal: AbortSignal): AsyncGenerator<Lines> {
  const stat = fstatSync(fd)
  if (isatty(fd)) yield* socketLines((onread) => new ReadStream(fd, socketOptions(fd, onread)), signal)
  else if (stat.isFIFO() || stat.isSocket()) {
    yield* socketLines((onread) => new Socket(socketOptions(fd, onread)), signal)
  } else yield* fileLines(fd, signal)
}

// https://nodejs.org/api/net.html#new-netsocketoptions
function socketOptions(fd: number, onread: OnReadOpts): SocketConstructorOpts & ConnectOpts {
  return { fd, onread }
}

/** Closes the file. */
async function* fileLines(fd: number, signal: AbortSignal): AsyncGenerator<Lines> {
  const buffer = new LineBuffer()
  const readInto = promisify(read)
  try {
    for (;;) {
      signal.throwIfAborted()
      const space = buffer.space()
      const { bytesRead } = await readInto(fd, space, 0, space.length, null)
      if (bytesRead === 0) break
      const lines = buffer.added(bytesRead)
      if (lines) yield lines
    }
    const rest = buffer.rest()
    if (rest) yield rest
  } finally {
    await promisify(close)(fd)
  }
}
