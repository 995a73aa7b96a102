import { join } from 'node:path'
import { type BinOptions, type Finished, startProgram, withFolder, writeJson } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'

/** The command line of a program of `test/fixtures`. */
export function fixture(name: string): readonly string[] {
  return [process.execPath, join(projectFolder, 'dist/test/fixtures', `${name}.js`)]
}

/** Settings that the scripted tap cannot do without, and others. */
export const tapSettings = (more: object = {}) => ({ password: 'open-sesame', ...more })

export const targetSettings = (more: object = {}) => ({ output_path: '/tmp', ...more })

/** Settings in a file for as long as it is used. */
export function withSettings<T>(settings: object, use: (path: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => use(await writeJson(join(folder, 'settings.json'), settings)))
}

/** The scripted tap to its end. */
export function runTap(args: readonly string[], settings: object = {}, options: BinOptions = {}): Promise<Finished> {
  return withSettings(tapSettings(settings), (path) =>
    run([...fixture('scripted-tap'), '--config', path, ...args], options),
  )
}

/** The counting target to its end, with this on stdin. */
export function runTarget(args: readonly string[], settings: object = {}, options: BinOptions = {}): Promise<Finished> {
  const command = (path: string) => [...fixture('counting-target'), '--config', path, ...args]
  return withSettings(targetSettings(settings), (path) => run(command(path), options))
}

export function run(command: readonly string[], options: BinOptions = {}): Promise<Finished> {
  const { child, finished } = startProgram(command, ['pipe', 'pipe', 'pipe'], options)
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.input ?? '')
  return finished
}

export function linesOf(text: string | Buffer): string[] {
  return text.toString().split('\n').slice(0, -1)
}
