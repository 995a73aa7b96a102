import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

export const projectFolder = join(import.meta.dirname, '../../..')
const root = join(projectFolder, '.cache')

/**
 * The folder `.cache/NAME`, filled by `build` the first time. NAME holds the version of what is in it. Two processes may
 * build at once: each in a folder of its own, and the first to finish gives it its name.
 */
export async function cached(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(root, name)
  if (existsSync(folder)) return folder
  await mkdir(root, { recursive: true })
  const draft = await mkdtemp(join(root, `${name}.`))
  try {
    await build(draft)
    await chmod(draft, 0o755)
    await rename(draft, folder).catch((cause: unknown) => {
      if (!existsSync(folder)) throw cause
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}
