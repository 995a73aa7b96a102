import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bin } from '../support/bins.js'
import { describeTap } from '../support/conformance.js'

const token = 'open-sesame-bearer'
let server: Server

describeTap('tap-rest', {
  command: bin('tap-rest'),
  async setUp() {
    const events = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00.5Z', '2026-01-02T00:00:00.5Z']
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://api')
      const isKnown = request.headers.authorization === `Bearer ${token}`
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
      response.end(isKnown ? answers[url.pathname]?.(url, events) : '{}')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    return {
      config: { base_url: `http://127.0.0.1:${port}`, auth: { bearer: token }, streams },
      secret: 'auth',
      big: { id: 'big', records: 60_000, startsOver: true },
      small: { id: 'small', records: 10 },
      empty: { id: 'empty' },
      odd: {
        id: 'od_d näme',
        records: 1,
        properties: ['a b', 'é"x"', 'back`tick', 'dot.ted', 'constructor', '__proto__'],
      },
      incremental: {
        id: 'events',
        records: 3,
        replicationKey: 'updated_at',
        addRecord: async () => {
          events.push(new Date().toISOString())
        },
      },
      huge: { id: 'huge' },
      isSchemaless: true,
    }
  },
  async tearDown() {
    server.close()
  },
})

const streams = {
  big: { path: '/big', primary_key: 'id', paginate: { kind: 'page', param: 'page' } },
  small: { path: '/small', primary_key: 'n', paginate: 'none', records: 'items' },
  empty: { path: '/empty', primary_key: 'id', paginate: 'none', schema: { properties: { id: { type: 'integer' } } } },
  'od.d näme': { path: '/odd', primary_key: ['a b'], paginate: 'none' },
  events: {
    path: '/events',
    primary_key: 'id',
    paginate: 'none',
    incremental: { key: 'updated_at', param: 'since', order: 'asc' },
  },
  huge: { path: '/huge', primary_key: 'id', paginate: 'none' },
}

const pageSize = 1000
const odd =
  '[{"a b":1,"é\\"x\\"":{"deep":[1.10,{"é":null}]},"back`tick":"tick","dot.ted":"2026-01-31","constructor":true,"__proto__":5}]'

/** Bodies by path. */
const answers: Readonly<Record<string, (url: URL, events: readonly string[]) => string>> = {
  '/big': ({ searchParams }) => {
    const from = (Number(searchParams.get('page')) - 1) * pageSize
    const size = Math.min(pageSize, 60_000 - from)
    const record = (id: number) => `{"id":${id},"text":"${'x'.repeat(60)}","price":${id}.10}`
    return `[${Array.from({ length: Math.max(size, 0) }, (_, i) => record(from + i)).join()}]`
  },
  '/small': () => `{"items":[${Array.from({ length: 10 }, (_, n) => `{"n":${n},"note":"${n}"}`).join()}]}`,
  '/empty': () => '[]',
  '/odd': () => odd,
  '/events': ({ searchParams }, events) => {
    const since = Date.parse(searchParams.get('since') ?? '1970-01-01T00:00:00Z')
    const rows = events.map((at, id) => ({ id, updated_at: at }))
    return JSON.stringify(rows.filter(({ updated_at }) => Date.parse(updated_at) >= since))
  },
  '/huge': () => `[{"id":1,"text":""},{"id":2,"text":"${'x'.repeat(26 << 20)}"}]`,
}
