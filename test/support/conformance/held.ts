import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { JsonObject } from '../../../singer/json.js'
import { type Running, startProgram } from '../bins.js'
import { linesOf } from './program.js'
import type { Place, TargetProgram } from './target-program.js'

/** A target whose input stays open until the test ends it. */
export interface Held extends Running {
  write(text: string | Buffer): void
  end(): void
  /** All of stdout so far. */
  printed(): string
  /** Waits for one more line. */
  nextState(): Promise<string>
  /** Each line as soon as it comes, to the end of stdout. */
  states(): AsyncIterable<string>
}

export interface HeldOptions {
  /** Beside the place's. */
  readonly config?: JsonObject
  readonly env?: NodeJS.ProcessEnv
  readonly args?: readonly string[]
}

export async function startHeld(target: TargetProgram, place: Place, options: HeldOptions = {}): Promise<Held> {
  const command = await target.commandFor({ ...place.config, ...options.config }, options.args)
  const running = startProgram(command, ['pipe', 'pipe', 'pipe'], { env: options.env ?? {} })
  const { child } = running
  let printed = ''
  let taken = 0
  child.stdin?.on('error', () => undefined)
  child.stdout?.on('data', (bytes: Buffer) => {
    printed += bytes.toString()
  })
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const line = linesOf(printed.slice(0, printed.lastIndexOf('\n') + 1))[taken]
      if (line !== undefined) taken++
      if (line !== undefined || child.stdout?.readableEnded !== false) return line
      await sleep(5)
    }
  }
  return {
    ...running,
    write: (text) => child.stdin?.write(text),
    end: () => child.stdin?.end(),
    printed: () => printed,
    async nextState() {
      const line = await Promise.race([next(), sleep(8000, undefined, { ref: false })])
      expect(line, 'a state within seconds').to.be.a('string')
      return line ?? ''
    },
    async *states() {
      for (let line = await next(); line !== undefined; line = await next()) yield line
    },
  }
}
