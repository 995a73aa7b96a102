import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type JsonObject, parseJson } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import { bin, type Pipeline, startPipe, withFolder, writeJson } from '../support/bins.js'
import { expectSuccess } from './extract.js'

/** `tap-mongo | target-s3-csv`, run after run from one state file, as a shell would. */
export interface Runs {
  /** To the end, which must be good. The CSV files that came, each by the name of its stream. */
  run(): Promise<ReadonlyMap<string, string>>
  /** A run for somebody who ends it early. What it wrote is found by the next `run` or `written`. */
  start(): Promise<Pipeline>
  written(): Promise<ReadonlyMap<string, string>>
  state(): Promise<JsonObject>
  /** Other settings of tap-mongo from the next run on. */
  configure(tap: object): Promise<void>
}

export interface Piped {
  /** Settings of tap-mongo. */
  readonly tap: object
  /** Settings of target-s3-csv beside `output_path`. */
  readonly target?: object
}

export function withRuns<T>({ tap, target }: Piped, use: (runs: Runs) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const csv = join(folder, 'csv')
    const state = join(folder, 'state.json')
    await writeFile(state, '')
    const tapArgs = ['--config', await writeJson(join(folder, 'tap.json'), tap), '--state', state]
    const targetSettings = { output_path: csv, naming_convention: '{stream}~{timestamp}.csv', ...target }
    const targetArgs = ['--config', await writeJson(join(folder, 'target.json'), targetSettings), '--state-out', state]
    const start = () => startPipe([...bin('tap-mongo'), ...tapArgs], [...bin('target-s3-csv'), ...targetArgs])
    const written = () => taken(csv)
    return use({
      start,
      written,
      async run() {
        const pipe = await start()
        expectSuccess(...(await Promise.all([pipe.tap.finished, pipe.target.finished])))
        return written()
      },
      state: async () => asObject(parseJson(await readFile(state, 'utf8'))),
      async configure(settings) {
        await writeJson(join(folder, 'tap.json'), settings)
      },
    })
  })
}

/** Finished files of one stream are joined in the order in which they were begun; they are gone afterwards. */
async function taken(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[^.].*\.csv$/.test(name))
  const byStream = new Map<string, string>()
  for (const name of names.sort(byBeginning)) {
    const stream = name.split('~')[0] ?? ''
    byStream.set(stream, `${byStream.get(stream) ?? ''}${await readFile(join(folder, name), 'utf8')}`)
    await rm(join(folder, name))
  }
  return byStream
}

/** `orders~T.csv`, `orders~T-2.csv`, … of the same second. */
function byBeginning(one: string, other: string): number {
  return one.replace('.csv', '').localeCompare(other.replace('.csv', ''), 'en', { numeric: true })
}
