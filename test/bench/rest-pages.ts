import { once } from 'node:events'
import { join } from 'node:path'
import { bin, startProgram, withFolder, writeJson } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import type { Contest, Measured } from './contest.js'

const pages = Number(process.env.BENCH_PAGES ?? 2000)
const rows = pages * 500

/**
 * Pages of 500 records of 300 bytes as RECORD lines, against a bare loop of fetch, JSON.parse and JSON.stringify; both write
 * to /dev/null, discovery and start included.
 */
export async function restPages(): Promise<Contest> {
  const server = startProgram([...program('rest-server'), String(pages)], ['ignore', 'pipe', 'pipe'], {
    timeoutMs: hour,
  })
  const [port] = await once(server.child.stdout ?? process.stdin, 'data')
  const url = `http://127.0.0.1:${String(port).trim()}`
  return {
    unit: 'records/s',
    ours: () =>
      withFolder(async (folder) => {
        const config = await writeJson(join(folder, 'rest.json'), settings(url))
        return measure([...bin('tap-rest'), '--config', config])
      }),
    reference: () => measure([...program('naive-rest'), `${url}/items`]),
    async close() {
      server.child.kill()
      await server.finished
    },
  }
}

const hour = 3_600_000

function program(name: string): readonly string[] {
  return [process.execPath, join(projectFolder, 'dist/test/bench', `${name}.js`)]
}

function settings(url: string): object {
  const items = { path: '/items', records: 'data', primary_key: 'id', paginate: 'page' }
  return { base_url: url, streams: { items }, select: ['items'] }
}

async function measure(command: readonly string[]): Promise<Measured> {
  const started = performance.now()
  const { code, stderr, peakMb } = await startProgram(command, ['ignore', 'ignore', 'pipe'], { timeoutMs: hour })
    .finished
  if (code !== 0) throw new Error(`${command[1]} ended with ${code}: ${stderr}`)
  const seconds = (performance.now() - started) / 1000
  process.stderr.write(`  ${command[1]}: ${seconds.toFixed(2)} s, ${peakMb} MB\n`)
  return { rate: rows / seconds, rssMb: peakMb }
}
