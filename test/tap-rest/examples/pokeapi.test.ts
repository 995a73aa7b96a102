import { expect } from 'chai'
import { type Endpoint, numberIn } from '../../support/api-call.js'
import { type Api, jsonAnswer, startApi } from '../../support/api-server.js'
import { type Documented, discover, sync } from '../documented.js'
import { example } from './example.js'

const count = 151

describe('the example pokeapi', () => {
  let api: Api
  before(async () => {
    const details = Array.from({ length: count }, (_, i): [string, Endpoint] => {
      return [`/api/v2/pokemon/${i + 1}/`, () => jsonAnswer(JSON.stringify(pokemon(i)))]
    })
    api = await startApi({ endpoints: { '/api/v2/pokemon': list, ...Object.fromEntries(details) } })
  })
  after(() => api.close())

  it('reads the list, and the details behind each URL in it, in the order of the list', async () => {
    const documented: Documented = { settings: example('pokeapi'), api, override: { base_url: `${api.url}/api/v2` } }
    const catalog = await discover(documented)
    const all = Array.from({ length: count }, (_, i) => pokemon(i))
    const lists = ['GET /api/v2/pokemon?limit=100', 'GET /api/v2/pokemon?offset=100&limit=100']
    const details = all.map(({ id }) => `GET /api/v2/pokemon/${id}/`)

    const first = await sync(documented, { catalog })
    expect(first.records.pokemon).to.deep.equal(all)
    expect(first.records.pokemon_list?.map(({ name }) => name)).to.deep.equal(all.map(({ name }) => name))
    expect(first.requests).to.have.members([...lists, ...lists, ...details])

    const second = await sync(documented, { catalog, state: first.state })
    expect(second.records).to.deep.equal(first.records)
    expect(second.requests).to.have.members(first.requests)
  })
})

function pokemon(i: number) {
  return { id: i + 1, name: `pokemon-${i + 1}`, height: i % 20, types: [{ slot: 1, type: { name: 'grass' } }] }
}

/** 20 a page unless told otherwise; the links have parameters in an order of their own. */
const list: Endpoint = (call) => {
  const limit = numberIn(call, 'limit', 20)
  const offset = numberIn(call, 'offset', 0)
  const { origin, pathname } = call.url
  const page = (from: number) => `${origin}${pathname}?offset=${from}&limit=${limit}`
  const results = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) => ({
    name: pokemon(offset + i).name,
    url: `${origin}${pathname}/${offset + i + 1}/`,
  }))
  const next = offset + limit < count ? page(offset + limit) : null
  const previous = offset > 0 ? page(Math.max(0, offset - limit)) : null
  return jsonAnswer(JSON.stringify({ count, next, previous, results }))
}
