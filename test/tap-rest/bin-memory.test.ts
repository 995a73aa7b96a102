import { expect } from 'chai'
import { jsonAnswer, startApi } from '../support/api-server.js'
import { uncovered } from '../support/bins.js'
import { eager } from './kinds.js'
import { run } from './running.js'

/** As an API says it: 150 kB. */
const rows = (page: number) =>
  `[${Array.from({ length: 300 }, (_, i) => `{"id":${page * 300 + i},"text":"${'x'.repeat(480)}"}`).join()}]`

// The bounds are those of Node 20; other versions of V8 leave more garbage lying, or less.
const isMeasured = process.version.startsWith('v20.')

describe('tap-rest, memory', function () {
  this.timeout(180_000)

  before(function () {
    if (!isMeasured) this.skip()
  })

  it('is bounded over 500 pages of 150 kB', async () => {
    const pages = 500
    const api = await startApi({
      endpoints: {
        '/pages': ({ query }) => jsonAnswer(Number(query.get('page')) > pages ? '[]' : rows(Number(query.get('page')))),
      },
    })
    const ran = await runToNowhere(api.url, { pages: { path: '/pages', records: '$', paginate: 'page' } })
    await api.close()
    expect(api.calls).to.have.length(pages + 1)
    expect(ran.peakMb).to.be.within(30, 120)
  })

  it('is bounded over 20,000 parents, with a bookmark for each', async () => {
    const parents = 20_000
    const page = (number: number) => Array.from({ length: 1_000 }, (_, i) => `{"id":${number * 1_000 + i}}`).join()
    const at = '"2026-01-01T00:00:00Z"'
    const api = await startApi({
      endpoints: {
        '/parents': ({ query }) => {
          const number = Number(query.get('page'))
          return jsonAnswer(`[${number * 1_000 > parents ? '' : page(number)}]`)
        },
        '/children': ({ query }) => jsonAnswer(`[{"id":${query.get('of')},"updated_at":${at}}]`),
      },
    })
    const { primary_key, schema } = eager
    const ran = await runToNowhere(api.url, {
      parents: { path: '/parents', records: '$', paginate: 'page', primary_key, schema },
      children: {
        path: '/children',
        params: { of: '{parent.id}' },
        parent: 'parents',
        records: '$',
        paginate: 'none',
        concurrency: 8,
        state: 'per_parent',
        incremental: { key: 'updated_at', param: 'since' },
      },
    })
    await api.close()
    expect(api.count('/children')).to.equal(parents)
    // What lives is 17 MB; the rest is garbage that V8 leaves lying until its heap has grown.
    expect(ran.peakMb).to.be.within(30, 200)
  })
})

async function runToNowhere(url: string, streams: object) {
  const ran = await run({ base_url: url, defaults: eager, streams }, { timeoutMs: 170_000, env: uncovered })
  expect(ran.code, ran.stderr).to.equal(0)
  return ran
}
