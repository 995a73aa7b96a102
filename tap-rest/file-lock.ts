import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, jsonText, parseJson, SourceError } from '../singer/index.js'
import { asObject } from '../singer/json.js'

const beatMs = 10_000
const staleMs = 60_000
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
    signal.throwIfAborted()
    const found = await textOf(path)
    if (found !== undefined && (await isStale(path, found))) await takeAway(path, found)
    else await sleep(20 + Math.random() * 80, undefined, { signal }).catch(() => signal.throwIfAborted())
    if (performance.now() - began < patienceMs) continue
    throw new SourceError(
      `wait for the lock ${path}: another process holds it for minutes; end that one, or delete the file`,
    )
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

async function isStale(path: string, found: string): Promise<boolean> {
  const { host, pid, id } = ownerIn(found)
  if (host === hostname() && typeof pid === 'number' && typeof id === 'string') {
    // A container begins again with the same host name and number.
    if (pid === process.pid ? !heldHere.has(id) : !isAlive(pid)) return true
  }
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
  return Date.now() - mtimeMs > staleMs
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

/** Of several who see the same stale lock one moves it; who moved a new one by mistake puts it back. */
async function takeAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    if ((await textOf(aside)) !== stale) await link(aside, path)
  } catch (problem) {
    if (!['ENOENT', 'EEXIST'].includes(codeOf(problem))) throw problem
  } finally {
    await rm(aside, { force: true })
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
