import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { isObject } from '../../singer/json.js'
import { type Api, type Fault, startApi, status, tooMany } from '../support/api-server.js'
import type { Running } from '../support/bins.js'
import { eager } from './kinds.js'
import { start } from './running.js'

/** A first stream that ends well, and a second one whose second page is long in coming. */
const streams = {
  done: { path: '/all', records: '$', paginate: 'none', incremental: { key: 'updated_at', param: 'since' } },
  waiting: { path: '/page', records: 'data', paginate: { kind: 'page', total_pages: 'total_pages' } },
}

describe('tap-rest, ended in the midst of a wait', function () {
  this.timeout(30_000)
  const waits: Readonly<Record<string, Fault>> = {
    'Retry-After of ten minutes': tooMany(600),
    'nothing left for ten minutes': status(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '600' }),
    'an answer that does not come': { headersAfterMs: Number.POSITIVE_INFINITY },
    'a body that stalls': { pauseMs: Number.POSITIVE_INFINITY },
    'failures, tried again after minutes': status(500),
  }
  for (const [title, fault] of Object.entries(waits)) {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      it(`${title}: ${signal} ends it within seconds, exit ${code}, the last STATE is printed`, () =>
        waitingFor(fault, async (running, settings) => {
          const killed = { at: 0 }
          const ran = await start(settings, {}, async (each) => {
            await running(each)
            killed.at = performance.now()
            each.child.kill(signal)
            return each.finished
          })
          expect(performance.now() - killed.at).to.be.below(3_000)
          expect(ran.code, ran.stderr).to.equal(code)
          expect(bookmarkOf(ran.states.at(-1), 'done')).to.include({ replication_key_value: '2024-01-01T00:09:00Z' })
          expect(ran.states.at(-1)).to.include({ currently_syncing: 'waiting' })
          expect(ran.ids.get('waiting')).to.deep.equal(['1', '2', '3'])
        }))
    }
  }

  it('a reader that closes meanwhile is noticed with the next write: exit 141', async () => {
    const api = await startApi({ records: 200, pageSize: 1, faults: [{ fault: { pauseMs: 20 } }] })
    try {
      const settings = { base_url: api.url, defaults: eager, streams: { waiting: streams.waiting } }
      const ran = await start(settings, {}, async ({ child, finished }) => {
        child.stdout?.once('data', () => child.stdout?.destroy())
        return finished.catch(async () => ({
          code: await exited(child),
          stdout: Buffer.alloc(0),
          stderr: '',
          peakMb: 0,
        }))
      })
      expect(ran.code).to.equal(141)
      expect(api.calls.length).to.be.below(200)
    } finally {
      await api.close()
    }
  })
})

async function exited(child: Running['child']): Promise<number> {
  while (child.exitCode === null) await sleep(10)
  return child.exitCode
}

/** `use` gets what resolves once the second page is asked for. */
async function waitingFor(
  fault: Fault,
  use: (running: (each: Running) => Promise<void>, settings: object) => Promise<void>,
): Promise<void> {
  const api: Api = await startApi({ faults: [{ path: '/page', after: 1, fault }] })
  try {
    const retry = { attempts: 8, base: 600, cap: 600 }
    const settings = { base_url: api.url, defaults: { ...eager, retry }, streams }
    await use(async () => {
      while (api.count('/page') < 2) await sleep(10)
      // Until it has the answer, and waits.
      await sleep(300)
    }, settings)
  } finally {
    await api.close()
  }
}

function bookmarkOf(state: unknown, stream: string): unknown {
  const bookmarks = isObject(state) ? state.bookmarks : undefined
  return isObject(bookmarks) ? bookmarks[stream] : undefined
}
