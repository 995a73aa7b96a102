import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bin, startPipe, withFolder, writeJson } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import { s3Server } from '../support/s3.js'
import type { Contest, Measured } from './contest.js'
import { type BenchTable, benchTable } from './table.js'
import { tapSettings } from './tap-mysql-full.js'

const rows = 2_000_000

/** The real pipe into a folder, against the pipe that one writes first: objects, JSON.stringify, JSON.parse, strings. */
export async function pipeLocal(): Promise<Contest> {
  const table = await benchTable(rows)
  return {
    unit: 'rows/s',
    ours: () => withFolder((folder) => measureOurs(table, { output_path: join(folder, 'csv') }, folder)),
    reference: () => withFolder((folder) => measurePipe(naiveTap(table), naiveTarget(join(folder, 'naive.csv')))),
  }
}

/** The real pipe, gzip, into the S3 test server; the naive one compresses into a file and uploads that at the end. */
export async function pipeS3Gzip(): Promise<Contest> {
  const table = await benchTable(rows)
  const { config, newBucket, endpoint, region, accessKeyId, secretAccessKey } = await s3Server()
  const credentials = { accessKeyId, secretAccessKey }
  const upload = { bucket: await newBucket(), config: { endpoint, region, credentials, forcePathStyle: true } }
  const settings = { ...config, s3_bucket: await newBucket(), compression: 'gzip' }
  return {
    unit: 'rows/s',
    ours: () => withFolder((folder) => measureOurs(table, settings, folder)),
    reference: () =>
      withFolder((folder) =>
        measurePipe(naiveTap(table), [...naiveTarget(join(folder, 'naive.csv.gz')), JSON.stringify(upload)]),
      ),
  }
}

async function measureOurs(table: BenchTable, target: object, folder: string): Promise<Measured> {
  await mkdir(join(folder, 'csv'))
  const tapConfig = await writeJson(join(folder, 'tap.json'), tapSettings(table))
  const targetConfig = await writeJson(join(folder, 'target.json'), target)
  return measurePipe([...bin('tap-mysql'), '--config', tapConfig], [...bin('target-s3-csv'), '--config', targetConfig])
}

async function measurePipe(from: readonly string[], to: readonly string[]): Promise<Measured> {
  const started = performance.now()
  const pipe = await startPipe(from, to)
  const [tap, target] = await Promise.all([pipe.tap.finished, pipe.target.finished])
  const seconds = (performance.now() - started) / 1000
  if (tap.code || target.code) throw new Error(`ended with ${tap.code} | ${target.code}: ${tap.stderr}${target.stderr}`)
  process.stderr.write(`  ${to[1]}: tap ${tap.peakMb} MB, target ${target.peakMb} MB, ${seconds.toFixed(2)} s\n`)
  return { rate: rows / seconds, rssMb: Math.max(tap.peakMb, target.peakMb) }
}

const program = (name: string) => [process.execPath, join(projectFolder, 'dist/test/bench', name)]

function naiveTap({ server, database, name }: BenchTable): readonly string[] {
  return [...program('naive-tap.js'), JSON.stringify(server.config), database, name]
}

const naiveTarget = (path: string): readonly string[] => [...program('naive-target.js'), path]
