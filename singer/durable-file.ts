import { open } from 'node:fs/promises'

/** What was written is there after a power cut. A new file gets the mode, as far as the process may give it. */
export async function writeDurably(path: string, text: string, mode = 0o666): Promise<void> {
  const file = await open(path, 'w', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** So are the names in this folder. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
