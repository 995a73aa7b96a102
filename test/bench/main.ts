import { stopServers } from '../support/hooks.js'
import { type Contest, compete } from './contest.js'
import { mongoBsonJson } from './mongo-bson-json.js'
import { mongoFull, mongoMany } from './mongo-full.js'
import { pipeLocal, pipeS3Gzip } from './pipe.js'
import { restPages } from './rest-pages.js'
import { tapMysqlFull } from './tap-mysql-full.js'
import { targetScan, targetScanStringify } from './target-scan.js'

const benches: Readonly<Record<string, () => Promise<Contest>>> = {
  'tap-mysql-full': tapMysqlFull,
  'target-scan': targetScan,
  'target-scan-csv-stringify': targetScanStringify,
  'pipe-local': pipeLocal,
  'pipe-s3-gzip': pipeS3Gzip,
  'mongo-full': mongoFull,
  'mongo-many': mongoMany,
  'rest-pages': restPages,
  'mongo-bson-json': mongoBsonJson,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !benches[name])
try {
  if (unknown.length > 0) throw new Error(`no bench ${unknown.join()}; there are ${Object.keys(benches).join(', ')}`)
  for (const [name, prepare] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const contest = await prepare()
    process.stdout.write(`${JSON.stringify(await compete(name, contest, Number(process.env.BENCH_ROUNDS ?? 3)))}\n`)
    await contest.close?.()
  }
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n`)
  process.exitCode = 1
} finally {
  await stopServers()
}
