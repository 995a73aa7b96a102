import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'chai'
import { type Api, type ApiOptions, jsonAnswer, startApi } from '../support/api-server.js'
import { eager } from './kinds.js'
import { run } from './running.js'

const record = '{"id":1}'
/** The ways in which a source can send us elsewhere: `?to=URL`. */
const endpoints: ApiOptions['endpoints'] & object = {
  '/next': ({ query }) => jsonAnswer(JSON.stringify({ rows: [{ id: 1 }], next: query.get('to') })),
  '/link': ({ query }) => jsonAnswer(`{"rows":[${record}]}`, { link: `<${query.get('to')}>; rel="next"` }),
  '/redirect': ({ query }) => ({ status: 302, headers: { location: query.get('to') ?? '' } }),
  '/redirect-307': ({ query }) => ({ status: 307, headers: { location: query.get('to') ?? '' } }),
}
const ways: Readonly<Record<string, object>> = {
  next: { path: '/next', paginate: { kind: 'next', path: 'next' } },
  link: { path: '/link', paginate: 'link' },
  redirect: { path: '/redirect', paginate: 'none' },
  redirect_post: { path: '/redirect-307', paginate: 'none', method: 'POST', body: { a: 1 } },
}

describe('tap-rest sends nothing elsewhere', function () {
  this.timeout(60_000)
  let api: Api
  let other: Awaited<ReturnType<typeof countConnections>>
  beforeEach(async () => {
    api = await startApi({ endpoints })
    other = await countConnections()
  })
  afterEach(async () => {
    await api.close()
    other.close()
  })

  const places: Readonly<Record<string, (ports: { api: string; other: number }) => string>> = {
    'another port': (ports) => `http://127.0.0.1:${ports.other}/next?page=2`,
    'another host': (ports) => `http://localhost:${ports.api}/next?page=2`,
    'another scheme': (ports) => `https://127.0.0.1:${ports.api}/next?page=2`,
    'another port, without a scheme': (ports) => `//127.0.0.1:${ports.other}/next?page=2`,
    'a user that looks like the host': (ports) => `http://127.0.0.1:${ports.api}@127.0.0.1:${ports.other}/?page=2`,
    'a backslash': (ports) => `/\\127.0.0.1:${ports.other}/next?page=2`,
    'an address in other words': (ports) => `http://0x7f000001:${ports.other}/next?page=2`,
    'another kind of URL': () => 'ftp://127.0.0.1/x?page=2',
  }
  for (const [title, urlOf] of Object.entries(places)) {
    it(`${title}: next links and redirects end with a clear line`, async () => {
      const to = urlOf({ api: new URL(api.url).port, other: other.port })
      const streams = Object.fromEntries(
        Object.entries(ways).map(([name, way]) => [name, { ...way, records: 'rows', params: { to } }]),
      )
      const { code, stderr, criticals } = await run({
        base_url: api.url,
        auth: { bearer: 'open-sesame' },
        defaults: eager,
        streams,
      })
      expect(code, stderr).to.equal(1)
      expect(criticals).to.have.length(4)
      for (const line of criticals) expect(line).to.match(/is not followed/)
      expect(api.calls.map(({ path }) => path)).to.deep.equal(Object.keys(endpoints))
      expect(other.count()).to.equal(0)
    })
  }

  it('allow_hosts lets links and redirects go there; those who are only led there get no token', async () => {
    const elsewhere = await startApi({ endpoints: { '/end': () => jsonAnswer('{"rows":[{"id":2}]}') } })
    const to = `${elsewhere.url}/end`
    const stream = (way: object | undefined) => ({ ...way, records: 'rows', params: { to } })
    const { code, stderr, ids } = await run({
      base_url: api.url,
      auth: { bearer: 'open-sesame' },
      allow_hosts: [elsewhere.url],
      defaults: eager,
      streams: { next: stream(ways.next), redirect: stream(ways.redirect) },
    })
    await elsewhere.close()
    expect(code, stderr).to.equal(0)
    expect(Object.fromEntries(ids)).to.deep.equal({ next: ['1', '2'], redirect: ['2'] })
    expect(elsewhere.calls.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer open-sesame', undefined])
  })

  it('a URL from a parent is no way out either', async () => {
    const parents = await startApi({
      endpoints: { '/parents': () => jsonAnswer(`[{"id":1,"url":"http://127.0.0.1:${other.port}/secret"}]`) },
    })
    const { code, criticals, ids } = await run({
      base_url: parents.url,
      auth: { bearer: 'open-sesame' },
      defaults: { ...eager, records: '$', paginate: 'none' },
      streams: { parents: '/parents', children: { path: '{parent.url|raw}', parent: 'parents' } },
    })
    await parents.close()
    expect(code).to.equal(1)
    expect(criticals).to.have.length(1)
    expect(criticals[0]).to.match(/is not followed, nothing was sent there.*allow_hosts.* stream=children$/)
    expect(ids.get('parents')).to.deep.equal(['1'])
    expect(other.count()).to.equal(0)
  })

  describe('with block_private_networks', () => {
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '2130706433', '127.1', '[::ffff:127.0.0.1]', '0']
    for (const host of hosts) {
      it(`${host} is refused`, async () => {
        const { code, criticals } = await blocked(`http://${host}:${other.port}`)
        expect(code).to.equal(1)
        expect(criticals.join('\n')).to.match(/is not a public address: nothing was sent there/)
        expect(other.count()).to.equal(0)
      })
    }

    // What Node asks for names, told by us: a name service of the test's own.
    const answers: Readonly<Record<string, string>> = {
      'a private address': `[{ address: '127.0.0.1', family: 4 }]`,
      'a public address and a private one': `[{ address: '1.1.1.1', family: 4 }, { address: '127.0.0.1', family: 4 }]`,
      'the address of metadata': `[{ address: '169.254.169.254', family: 4 }]`,
    }
    for (const [title, answer] of Object.entries(answers)) {
      it(`a name that means ${title} is refused`, async () => {
        const script = `import dns from 'node:dns/promises'; import { syncBuiltinESMExports } from 'node:module'
          dns.lookup = async () => ${answer}; syncBuiltinESMExports()`
        const preload = `--import data:text/javascript,${encodeURIComponent(script)}`
        const { code, criticals } = await blocked(`http://api.example.com:${other.port}`, { NODE_OPTIONS: preload })
        expect(code).to.equal(1)
        expect(criticals.join('\n')).to.match(/api\.example\.com is \S+, which is not a public address/)
        expect(other.count()).to.equal(0)
      })
    }
  })

  function blocked(url: string, env: NodeJS.ProcessEnv = {}) {
    const streams = { s: { path: '/s', records: '$', paginate: 'none' } }
    return run({ base_url: url, block_private_networks: true, defaults: eager, streams }, { env })
  }
})

async function countConnections() {
  let count = 0
  const server = createServer((socket) => {
    count++
    socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    count: () => count,
    close: () => server.close(),
  }
}
