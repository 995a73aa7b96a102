import { randomBytes } from 'node:crypto'
import { type FileHandle, link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { TargetError } from '../singer/errors.js'
import type { ObjectNames } from './names.js'
import type { Store, Upload } from './store.js'

/**
 * Objects as files of a folder, which is made where it is missing. A file is written under a temporary name beside its
 * final one, flushed to the disk, and then linked: linking, unlike renaming, never replaces a file.
 */
export function createLocalStore(folder: string): Store {
  const root = resolve(folder)
  return {
    place: root,
    async open(names) {
      const path = within(root, names.next())
      return await attempt(`make a file in ${dirname(path)}`, () => openFile(root, path, names))
    },
    close() {},
  }
}

function within(root: string, name: string): string {
  const path = join(root, name)
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new TargetError(`name ${name}: lies outside of ${root}; change naming_convention or s3_key_prefix`)
  }
  return path
}

async function openFile(root: string, path: string, names: ObjectNames): Promise<Upload> {
  await makeFolder(dirname(path))
  const draft = join(dirname(path), `.tapline-${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  const file = await open(draft, 'wx')
  let isDone = false
  return {
    held: 0,
    append: (bytes) => attempt(`write ${path}`, () => writeAll(file, bytes)),
    finish: () =>
      attempt(`finish ${path}`, async () => {
        await file.sync()
        await file.close()
        const final = await placed(draft, path, () => within(root, names.next()))
        isDone = true
        return final
      }),
    async abort() {
      if (isDone) return
      await file.close().catch(() => undefined)
      await unlink(draft).catch(() => undefined)
    },
  }
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let path = folder; path.length >= first.length; path = dirname(path)) await syncFolder(dirname(path))
}

/** A new name in a folder is durable only when the folder is flushed too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, from, bytes.length - from)
    from += bytesWritten
  }
}

async function placed(draft: string, first: string, next: () => string): Promise<string> {
  for (let path = first; ; path = next()) {
    await makeFolder(dirname(path))
    if (!(await isPlaced(draft, path))) continue
    await syncFolder(dirname(path))
    return path
  }
}

/** False: there is something of that name. */
async function isPlaced(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    await unlink(draft)
    return true
  } catch (problem) {
    if (codeOf(problem) === 'EEXIST') return false
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(codeOf(problem))) throw problem
    return await isRenamed(draft, path)
  }
}

// File systems without hard links (FAT, some network shares): an empty file reserves the name.
async function isRenamed(draft: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close()
  } catch (problem) {
    if (codeOf(problem) === 'EEXIST') return false
    throw problem
  }
  await rename(draft, path)
  return true
}

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, then run again from the last state',
  EDQUOT: 'the disk quota is used up; make room, then run again from the last state',
  EACCES: 'allow this user to write there, or change output_path',
  EPERM: 'allow this user to write there, or change output_path',
  EROFS: 'the file system is read-only; change output_path',
  ENOTDIR: 'a part of the path is a file, not a folder; change output_path',
  EEXIST: 'a part of the path is a file, not a folder; change output_path',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof TargetError) throw cause
    const code = codeOf(cause)
    throw new TargetError(`${doing}: ${advice[code] ?? 'the system refused'} (${code || cause})`, { cause })
  }
}

function codeOf(problem: unknown): string {
  return problem instanceof Error && 'code' in problem ? String(problem.code) : ''
}
