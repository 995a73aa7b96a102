import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import { type JsonObject, jsonText, parseJson } from '../../../singer/json.js'
import type { Endpoint } from '../../support/api-call.js'
import { type Api, startApi } from '../../support/api-server.js'
import { withFolder, writeJson } from '../../support/bins.js'
import { discover, guarded, type Ran, sync } from '../documented.js'

/** A request and its answer, as https://github.com/octokit/fixtures recorded it. */
interface Exchange {
  readonly path: string
  readonly status: number
  readonly response: JsonObject | readonly JsonObject[]
  readonly headers: Readonly<Record<string, string | number>>
  readonly reqheaders: Readonly<Record<string, string>>
}

const require = createRequire(import.meta.url)
const issues: Exchange[] = require('@octokit/fixtures/scenarios/api.github.com/paginate-issues/normalized-fixture.json')
const found: Exchange[] = require('@octokit/fixtures/scenarios/api.github.com/search-issues/normalized-fixture.json')

describe('what GitHub answered once', () => {
  let api: Api
  afterEach(() => api.close())

  it('is read over five pages whose paths change on the way', async () => {
    api = await replaying(issues)
    const { records, requests, state } = await synced(
      api,
      '/repos/octokit-fixture-org/paginate-issues/issues?per_page=3',
    )
    expect(records.s).to.deep.equal(issues.flatMap(({ response }) => rewritten(response, api)))
    expect(records.s?.map(({ number }) => number)).to.deep.equal([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(requests).to.deep.equal(issues.map(({ path }) => `GET ${path}`))
    expect(state).to.have.nested.property('bookmarks.s')
  })

  it('is read where the records of a search are', async () => {
    api = await replaying(found)
    const { records, requests } = await synced(api, found[0]?.path ?? '')
    expect(records.s).to.deep.equal(found.flatMap(({ response }) => rewritten(response, api).items))
    expect(records.s).to.have.length(2)
    expect(requests).to.have.length(1)
  })
})

/** One stream at this path, of which nothing more is said. */
function synced(api: Api, path: string): Promise<Ran> {
  return withFolder(async (folder) => {
    const settings = await writeJson(join(folder, 'settings.json'), {
      base_url: api.url,
      auth: { api_key: { name: 'authorization', value: '{env.AUTHORIZATION}' } },
      headers: { accept: 'application/vnd.github.v3+json' },
      streams: { s: { path, primary_key: 'id' } },
    })
    const env = { AUTHORIZATION: authorization }
    const documented = { settings, api, override: {}, env }
    return sync(documented, { catalog: await discover(documented) })
  })
}

const authorization = 'token 0000000000000000000000000000000000000001'

/** Gives each answer to its own request alone, with links that lead back here. */
function replaying(exchanges: readonly Exchange[]): Promise<Api> {
  const replay: Endpoint = ({ url }) => {
    const exchange = exchanges.find(({ path }) => path === `${url.pathname}${url.search}`)
    if (!exchange) return { status: 404 }
    const { 'content-length': _, ...headers } = exchange.headers
    const texts = Object.entries(headers).map(([name, value]) => [name, atHome(String(value), url.origin)])
    return {
      status: exchange.status,
      headers: Object.fromEntries(texts),
      body: atHome(jsonText(exchange.response), url.origin),
    }
  }
  const paths = exchanges.map(({ path }) => path.split('?', 1)[0] ?? '')
  const { accept = '' } = exchanges[0]?.reqheaders ?? {}
  return startApi({
    endpoints: guarded({ authorization, accept }, Object.fromEntries(paths.map((path) => [path, replay]))),
  })
}

function rewritten(response: Exchange['response'], api: Api) {
  return parseJson(atHome(jsonText(response), api.url)) as JsonObject
}

function atHome(text: string, origin: string): string {
  return text.replaceAll('https://api.github.com', origin)
}
