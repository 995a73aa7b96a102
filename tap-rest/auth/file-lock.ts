import { randomUUID } from 'node:crypto'
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { ConfigError, jsonText, parseJson, SourceError } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import { waitFor } from '../http/wait.js'

const beatMs = 10_000
const silentMs = 60_000
// A lock is created, then written: without a text it has lost its process in between.
const unwrittenMs = 5_000
const patienceMs = 300_000
const heldHere = new Set<string>()

/**
 * Runs `work` while nobody else who asks for this lock does, in this process or others, on this host or others. The lock
 * of a process that is gone is taken over: at once on the same host, else when it has not beaten for a minute.
 */
export async function withFileLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const id = randomUUID()
  const owner = jsonText({ host: hostname(), pid: process.pid, id })
  heldHere.add(id)
  try {
    await acquire(path, owner, signal)
    const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), beatMs).unref()
    try {
      return await work()
    } finally {
      clearInterval(beat)
      if ((await textOf(path)) === owner) await rm(path, { force: true })
    }
  } finally {
    heldHere.delete(id)
  }
}

async function acquire(path: string, owner: string, signal: AbortSignal): Promise<void> {
  const began = performance.now()
  while (!(await isCreated(path, owner))) {
    if (await isTakenAway(path)) continue
    if (performance.now() - began > patienceMs) {
      throw new SourceError(
        `wait for the lock ${path}: somebody holds it for minutes; end that process, or delete the file`,
      )
    }
    await waitFor(20 + Math.random() * 80, signal)
  }
}

async function isCreated(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: 'wx', mode: 0o600 })
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`create the lock ${path}: ${what}; name a file in a folder that can be written`, { cause })
  }
}

/** Under a guard: all who see the same stale lock would remove it, the later ones that of the first. */
async function isTakenAway(path: string): Promise<boolean> {
  if (!(await isStale(path))) return false
  const guard = `${path}.guard`
  if (!(await isCreated(guard, ''))) {
    if (await isSilent(guard, unwrittenMs)) await rm(guard, { force: true })
    return false
  }
  try {
    if (await isStale(path)) await rm(path, { force: true })
    return true
  } finally {
    await rm(guard, { force: true })
  }
}

async function isStale(path: string): Promise<boolean> {
  const { host, pid, id } = ownerIn((await textOf(path)) ?? '')
  if (host === hostname() && typeof pid === 'number' && typeof id === 'string') {
    // A container begins again with the same host name and number.
    if (pid === process.pid ? !heldHere.has(id) : !isAlive(pid)) return true
  }
  return isSilent(path, id === undefined ? unwrittenMs : silentMs)
}

async function isSilent(path: string, ms: number): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
  return Date.now() - mtimeMs > ms
}

/** Half a text is one that is being written. */
function ownerIn(text: string) {
  try {
    return asObject(parseJson(text))
  } catch {
    return {}
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (problem) {
    return codeOf(problem) !== 'ESRCH'
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((problem: unknown) => {
    if (codeOf(problem) === 'ENOENT') return undefined
    throw problem
  })
}

function codeOf(problem: unknown): string {
  return problem instanceof Error && 'code' in problem ? String(problem.code) : ''
}
