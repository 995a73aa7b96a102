import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Finished, runPipe, withFolder, writeJson } from '../support/bins.js'

export interface Extract {
  /** Settings of tap-mysql. */
  readonly tap: object
  /** Settings of target-s3-csv beside `output_path`. */
  readonly target?: object
  readonly state?: object
}

/** The CSV that one run of `tap-mysql | target-s3-csv` writes into an empty folder. */
export async function extractCsv({ tap, target, state }: Extract): Promise<string> {
  return withFolder(async (folder) => {
    const csv = join(folder, 'csv')
    const tapArgs = ['--config', await writeJson(join(folder, 'tap.json'), tap)]
    if (state) tapArgs.push('--state', await writeJson(join(folder, 'state.json'), state))
    const targetArgs = ['--config', await writeJson(join(folder, 'target.json'), { output_path: csv, ...target })]
    const finished = await runPipe(tapArgs, targetArgs)
    expectSuccess(finished.tap, finished.target)
    return onlyFile(csv)
  })
}

export function expectSuccess(...programs: readonly Finished[]): void {
  for (const { code, stderr } of programs) expect(code, stderr).to.equal(0)
}

export async function onlyFile(folder: string): Promise<string> {
  const names = await readdir(folder)
  expect(names).to.have.length(1)
  return readFile(join(folder, names[0] ?? ''), 'utf8')
}
