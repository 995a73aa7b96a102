import { expect } from 'chai'
import type { JsonObject } from '../../../singer/json.js'
import { type ApiCall, type Endpoint, numberIn } from '../../support/api-call.js'
import { type Api, jsonAnswer, startApi, status } from '../../support/api-server.js'
import { bookmarkIn } from '../../support/conformance/wire.js'
import { type Documented, discover, guarded, sync } from '../documented.js'
import { example } from './example.js'

const key = 'sk_test_4eC39HqL'

describe('the example stripe', () => {
  const charges = Array.from({ length: 150 }, (_, i) => charge(i))
  const customers = [{ id: 'cus_1', object: 'customer', created: 1_705_000_000, email: null }]
  let api: Api
  before(async () => {
    // The key is the user, the password is empty.
    const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    const endpoints = guarded({ authorization }, { '/v1/charges': listed(charges), '/v1/customers': listed(customers) })
    const limited = status(429, {}, '{"error":{"type":"rate_limit_error"}}')
    api = await startApi({ endpoints, faults: [{ path: '/v1/charges', after: 1, times: 1, fault: limited }] })
  })
  after(() => api.close())

  it('reads page by page behind the last id, then only what was created since', async () => {
    const documented: Documented = {
      settings: example('stripe'),
      api,
      override: { base_url: `${api.url}/v1` },
      env: { STRIPE_KEY: key },
    }
    const catalog = await discover(documented)
    const first = await sync(documented, { catalog })
    expect(first.records).to.deep.equal({ charges: charges.toReversed(), customers })
    expect(first.requests).to.deep.equal([
      'GET /v1/charges?limit=100&created[gte]=1704067200',
      'GET /v1/charges?limit=100&created[gte]=1704067200&starting_after=ch_50',
      'GET /v1/customers?limit=100&created[gte]=1704067200',
    ])
    const { created } = charge(149)
    expect(Number(bookmarkIn(first.state, 'charges').replication_key_value)).to.equal(created)

    const sameSecond = { ...charge(150), created }
    charges.push(sameSecond, charge(151))
    const second = await sync(documented, { catalog, state: first.state })
    expect(second.records).to.deep.equal({ charges: [charge(151), sameSecond] })
    expect(second.requests).to.deep.equal([
      `GET /v1/charges?limit=100&created[gte]=${created}`,
      'GET /v1/customers?limit=100&created[gte]=1705000000',
    ])
  })
})

type Thing = JsonObject & { readonly id: string; readonly created: number }

function charge(i: number): Thing {
  return { id: `ch_${i}`, object: 'charge', amount: 100 + i, created: 1_705_000_000 + i * 60, metadata: {} }
}

/** Newest first, at most 100 a page: https://docs.stripe.com/api/pagination */
function listed(things: readonly Thing[]): Endpoint {
  return (call: ApiCall) => {
    const since = numberIn(call, 'created[gte]', 0)
    const all = things.filter(({ created }) => created >= since).toReversed()
    const from = all.findIndex(({ id }) => id === call.query.get('starting_after')) + 1
    const page = all.slice(from, from + Math.min(numberIn(call, 'limit', 10), 100))
    const hasMore = from + page.length < all.length
    return jsonAnswer(JSON.stringify({ object: 'list', url: call.path, has_more: hasMore, data: page }))
  }
}
