import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectFolder } from '../support/cache.js'
import { describeTap } from '../support/conformance.js'

const folders: string[] = []

// A tap that reads nothing: what fails here is wrong for all taps.
describeTap('a tap without a source', {
  command: [process.execPath, join(projectFolder, 'dist/test/fixtures/counting-tap.js')],
  async setUp() {
    const folder = await mkdtemp(join(tmpdir(), 'tapline-'))
    folders.push(folder)
    const events_file = join(folder, 'events')
    await writeFile(events_file, '3')
    return {
      config: { numbers: 40_000, events_file, token: 'open-sesame-4242' },
      secret: 'token',
      big: { id: 'numbers', records: 40_000 },
      small: { id: 'few', records: 3 },
      empty: { id: 'none' },
      odd: { id: 'odd "näme"/x', records: 2, properties: ['key-1', 'a b', 'constructor', 'in.side', 'é"x"'] },
      incremental: {
        id: 'events',
        records: 3,
        replicationKey: 'at',
        addRecord: async () => writeFile(events_file, String(Number(await readFile(events_file, 'utf8')) + 1)),
      },
      huge: { id: 'huge' },
    }
  },
  async tearDown() {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
  },
})
