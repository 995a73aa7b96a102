import { expect } from 'chai'
import { type ApiAnswer, type Endpoint, numberIn } from '../../support/api-call.js'
import { type Api, jsonAnswer, startApi, status } from '../../support/api-server.js'
import { bookmarkIn } from '../../support/conformance/wire.js'
import { type Documented, discover, guarded, sync } from '../documented.js'
import { example } from './example.js'

const token = 'shpat_0123456789'
const base = '/admin/api/2026-01'

describe('the example shopify', () => {
  const orders = Array.from({ length: 251 }, (_, i) => order(i))
  const products = [{ id: 632910392, title: 'IPod Nano', updated_at: '2024-02-02T09:00:00-05:00' }]
  let api: Api
  before(async () => {
    const endpoints = {
      [`${base}/orders.json`]: listed('orders', orders),
      [`${base}/products.json`]: listed('products', products),
    }
    const tooMany = status(429, { 'retry-after': '1.0' }, '{"errors":"Exceeded 2 calls per second"}')
    api = await startApi({
      endpoints: guarded({ 'x-shopify-access-token': token }, endpoints),
      faults: [{ path: `${base}/orders.json`, after: 1, times: 1, fault: tooMany }],
    })
  })
  after(() => api.close())

  it('follows page_info, then reads only the orders that have changed', async () => {
    const documented: Documented = {
      settings: example('shopify'),
      api,
      override: { base_url: `${api.url}${base}` },
      env: { SHOPIFY_TOKEN: token },
    }
    const catalog = await discover(documented)
    const first = await sync(documented, { catalog })
    expect(first.records).to.deep.equal({ orders, products })
    expect(first.requests).to.deep.equal([
      `GET ${base}/orders.json?limit=250&status=any&order=updated_at asc&updated_at_min=2024-01-01T00:00:00+00:00`,
      `GET ${base}/orders.json?limit=250&page_info=250`,
      `GET ${base}/products.json?limit=250`,
    ])
    expect(bookmarkIn(first.state, 'orders').replication_key_value).to.equal(order(250).updated_at)

    orders.push(order(251))
    const second = await sync(documented, { catalog, state: first.state })
    expect(second.records).to.deep.equal({ orders: [order(251)], products })
    const since = encodeURIComponent(order(250).updated_at)
    expect(api.calls.some(({ url }) => url.search.endsWith(`&updated_at_min=${since}`))).to.equal(true)
  })
})

/** Times have the offset of the shop. */
function order(i: number) {
  const local = new Date(Date.UTC(2024, 2, 1, 10, i)).toISOString().slice(0, 19)
  return { id: 450_789_469 + i, total_price: '598.94', updated_at: `${local}+02:00` }
}

/** With `page_info` no other parameter but `limit` may stand: https://shopify.dev/docs/api/admin-rest/usage/pagination */
function listed(name: string, all: readonly { readonly updated_at: string }[]): Endpoint {
  return (call): ApiAnswer => {
    const { url, query } = call
    const others = [...query.keys()].filter((name) => name !== 'limit' && name !== 'page_info')
    if (query.has('page_info') && others.length > 0) return { status: 400 }
    const since = Date.parse(query.get('updated_at_min') ?? '1970-01-01')
    const from = Number(query.get('page_info') ?? 0)
    const end = from + Math.min(numberIn(call, 'limit', 50), 250)
    const matching = all.filter(({ updated_at }) => Date.parse(updated_at) >= since)
    const next = `<${url.origin}${url.pathname}?limit=250&page_info=${end}>; rel="next"`
    const headers = { 'x-shopify-shop-api-call-limit': '1/40', ...(end < matching.length && { link: next }) }
    return jsonAnswer(JSON.stringify({ [name]: matching.slice(from, end) }), headers)
  }
}
