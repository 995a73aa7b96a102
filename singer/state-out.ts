import { realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeDurably } from './durable-file.js'
import { ConfigError, problemText, TargetError } from './errors.js'
import type { StateText } from './target.js'

/** Replaces the file as a whole: whoever reads it finds the state before or the state after, never half of one. */
export async function openStateFile(path: string): Promise<(state: StateText) => Promise<void>> {
  await refuseOtherThanFile(path)
  const file = await realpath(path).catch(() => path)
  const temporary = `${file}.${process.pid}.tmp`
  await refuseUnwritable(path, temporary)
  return async (state) => {
    try {
      await writeDurably(temporary, `${state}\n`)
      await rename(temporary, file)
    } catch (problem) {
      await rm(temporary, { force: true })
      throw new TargetError(`write the state to ${path}: ${problemText(problem)}`, { cause: problem })
    }
  }
}

/** A device, a pipe or a folder would be replaced, and `/dev/null` be gone for everybody. */
async function refuseOtherThanFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found && !found.isFile()) throw new ConfigError(`write the state to ${path}: it is no file; name one`)
}

/** Before the first record is loaded, not after the last. */
async function refuseUnwritable(path: string, temporary: string): Promise<void> {
  try {
    await writeDurably(temporary, '')
    await rm(temporary)
  } catch (problem) {
    throw new ConfigError(`write the state to ${path}: ${dirname(path)} cannot be written: ${problemText(problem)}`)
  }
}
