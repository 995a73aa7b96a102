import { parseArgs } from 'node:util'
import { stopServers } from '../support/hooks.js'
import { sqlServers } from '../support/servers.js'
import { killSoak } from './kill-soak.js'
import { memorySoak } from './memory-soak.js'
import { mongoSoak } from './mongo-soak.js'
import type { Report, SoakOptions } from './report.js'
import { writersSoak } from './writers-soak.js'

// npm run soak -- [kill] [writers] [memory] [mongo] [--server MySQL|MariaDB] [--rounds N] [--rows N]

interface Soak {
  readonly run: (options: SoakOptions) => AsyncGenerator<Report>
  readonly rounds: number
  readonly rows: number
}

const soaks: Readonly<Record<string, Soak>> = {
  kill: { run: killSoak, rounds: 50, rows: 300_000 },
  writers: { run: writersSoak, rounds: 200, rows: 20_000 },
  memory: { run: memorySoak, rounds: 1, rows: 1_000_000 },
  mongo: { run: mongoSoak, rounds: 40, rows: 200 },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { server: { type: 'string' }, rounds: { type: 'string' }, rows: { type: 'string' } },
})
try {
  process.exitCode = await runSoaks(positionals.length > 0 ? positionals : Object.keys(soaks))
} finally {
  await stopServers()
}

async function runSoaks(names: readonly string[]): Promise<number> {
  const servers = sqlServers.filter(({ name }) => name === (values.server ?? name))
  let rounds = 0
  let failures = 0
  for (const name of names) {
    const soak = soaks[name]
    if (!soak || servers.length === 0) throw new Error(`no such soak or server: ${name} ${values.server ?? ''}`)
    const options = { servers, rounds: Number(values.rounds ?? soak.rounds), rows: Number(values.rows ?? soak.rows) }
    for await (const { title, text, failed } of soak.run(options)) {
      console.log(`${title}: ${text}`)
      rounds++
      if (failed) failures++
    }
  }
  console.log(failures === 0 ? `all ${rounds} rounds held` : `${failures} of ${rounds} rounds FAILED`)
  return failures === 0 ? 0 : 1
}
