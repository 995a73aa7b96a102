import { join } from 'node:path'
import { bin, withFolder, writeJson } from '../support/bins.js'
import type { Contest } from './contest.js'
import { measure, program, started } from './measured.js'

const pages = Number(process.env.BENCH_PAGES ?? 2000)
const rows = pages * 500

/**
 * Pages of 500 records of 300 bytes as RECORD lines, against a bare loop of fetch, JSON.parse and JSON.stringify; both write
 * to /dev/null, discovery and start included.
 */
export async function restPages(): Promise<Contest> {
  const { port, close } = await started('rest-server', pages)
  const url = `http://127.0.0.1:${port}`
  return {
    unit: 'records/s',
    ours: () =>
      withFolder(async (folder) => {
        const config = await writeJson(join(folder, 'rest.json'), settings(url))
        return measure([...bin('tap-rest'), '--config', config], rows)
      }),
    reference: () => measure([...program('naive-rest'), `${url}/items`], rows),
    close,
  }
}

function settings(url: string): object {
  const items = { path: '/items', records: 'data', primary_key: 'id', paginate: 'page' }
  return { base_url: url, streams: { items }, select: ['items'] }
}
