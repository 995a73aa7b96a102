import { readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder, writeDurably } from '../../singer/durable-file.js'
import { problemText } from '../../singer/errors.js'
import {
  ConfigError,
  type Context,
  type Json,
  type JsonObject,
  jsonText,
  parseJson,
  retry,
  SourceError,
} from '../../singer/index.js'
import { asObject, isObject } from '../../singer/json.js'
import type { Token } from './auth-token.js'
import { withFileLock } from './file-lock.js'

export interface StoredToken {
  readonly refreshToken: string
  readonly token: Token
}

/** The tokens of one client in a file that processes share. Only its owner may read it. */
export interface TokenStore {
  /** What the last refresh has left, of whatever process. */
  read(): Promise<StoredToken | undefined>
  /**
   * Runs `work` alone among all processes. What it gives is on the disk before this ends.
   * @throws ConfigError before `work` when the file cannot be written.
   */
  update(work: (stored: StoredToken | undefined) => Promise<StoredToken>): Promise<StoredToken>
}

export function openTokenStore(path: string, key: string, { log, signal }: Context): TokenStore {
  const read = async () => {
    const stored = storedToken((await readTokens(path))[key])
    if (stored) log.redact([stored.refreshToken, stored.token.value])
    return stored
  }
  return {
    read,
    update: (work) =>
      whileLocked(path, signal, async () => {
        await proveWritable(path)
        const before = await read()
        const after = await work(before)
        if (after !== before) await keep(path, key, after)
        return after
      }),
  }
}

/** `{"version": 1, "tokens": {"<key>": {"refresh_token", "access_token", "renew_at"}}}` */
async function readTokens(path: string): Promise<JsonObject> {
  const text = await readFile(path, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return ''
    throw new ConfigError(`read the token_store ${path}: ${problem.message}`, { cause: problem })
  })
  if (text.trim() === '') return {}
  const { tokens } = asObject(jsonOrNull(text))
  if (isObject(tokens)) return tokens
  throw new ConfigError(`read the token_store ${path}: the file holds something else; name one that does not exist yet`)
}

function jsonOrNull(text: string): Json {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

function storedToken(entry: Json | undefined): StoredToken | undefined {
  const { refresh_token: refreshToken, access_token: value, renew_at: renewAt } = asObject(entry)
  if (typeof refreshToken !== 'string' || typeof value !== 'string') return undefined
  return { refreshToken, token: { value, ...(typeof renewAt === 'number' && { renewAt }) } }
}

async function whileLocked<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return withFileLock(`${await fileOf(path)}.lock`, signal, work)
}

/** By doing it: a folder that takes the lock may still refuse to replace the file, such as one that is mounted alone. */
async function proveWritable(path: string): Promise<void> {
  const tokens = await readTokens(path)
  await replace(path, tokens).catch((cause: unknown) => {
    throw new ConfigError(
      `write the token_store ${path}: ${problemText(cause)}; nothing was sent yet: name a file in a folder that can be written`,
      { cause },
    )
  })
}

async function keep(path: string, key: string, { refreshToken, token }: StoredToken): Promise<void> {
  const { value, renewAt } = token
  const entry = {
    refresh_token: refreshToken,
    access_token: value,
    ...(renewAt !== undefined && { renew_at: renewAt }),
  }
  try {
    await retry(async () => replace(path, { ...(await readTokens(path)), [key]: entry }), {
      signal: new AbortController().signal,
      attempts: 4,
      isRetryable: () => true,
    })
  } catch (cause) {
    throw new SourceError(
      `write the new refresh token to the token_store ${path}: ${problemText(cause)}; the old one may be void: authorize anew`,
      { cause },
    )
  }
}

/** The lock makes the temporary file ours: one that a killed process has left is no more after this. */
async function replace(path: string, tokens: JsonObject): Promise<void> {
  const file = await fileOf(path)
  const temporary = `${file}.tmp`
  await rm(temporary, { force: true })
  await writeDurably(temporary, `${jsonText({ version: 1, tokens }, 2)}\n`, 0o600)
  await rename(temporary, file)
  await syncFolder(dirname(file))
}

/** Behind links: a link stays one. */
function fileOf(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}
