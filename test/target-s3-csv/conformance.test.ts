import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeTarget, type Place } from '../support/target-conformance.js'
import { byPart, naming_convention, pieceOf, shared } from './pieces.js'

const folders: string[] = []

describeTarget('target-s3-csv into a folder', {
  ...shared,
  async newPlace(): Promise<Place> {
    const path = await mkdtemp(join(tmpdir(), 'tapline-'))
    folders.push(path)
    const files = async () => (await readdir(path, { recursive: true })).toSorted(byPart)
    return {
      config: {
        output_path: path,
        naming_convention,
        aws_access_key_id: 'TESTACCESSKEY',
        aws_secret_access_key: 'open-sesame-4242',
      },
      async read(stream) {
        const own = (await files()).filter((name) => name.startsWith(`${stream}/`) && name.endsWith('.csv'))
        return Promise.all(own.map(async (name) => pieceOf(await readFile(join(path, name), 'utf8'))))
      },
      leftovers: async () => (await files()).filter((name) => name.includes('/') && !name.endsWith('.csv')),
      // A file stands where the stream's folder should.
      refuse: (stream) => writeFile(join(path, stream), ''),
    }
  },
  async tearDown() {
    await Promise.all(folders.map((path) => rm(path, { recursive: true })))
  },
})
