import { expect } from 'chai'
import { type Endpoint, numberIn, urlWith } from '../../support/api-call.js'
import { type Api, jsonAnswer, startApi, tooMany } from '../../support/api-server.js'
import { bookmarkIn } from '../../support/conformance/wire.js'
import { type Documented, discover, guarded, sync } from '../documented.js'
import { example } from './example.js'

const token = '6wiIBWbGkBMo1mRD'
const path = '/api/v2/incremental/tickets.json'

describe('the example zendesk', () => {
  const tickets = Array.from({ length: 1001 }, (_, i) => ticket(i))
  let api: Api
  before(async () => {
    const authorization = `Basic ${Buffer.from(`agent@example.com/token:${token}`).toString('base64')}`
    api = await startApi({
      endpoints: guarded({ authorization }, { [path]: exported(tickets) }),
      faults: [{ path, after: 1, times: 1, fault: tooMany(1) }],
    })
  })
  after(() => api.close())

  it('reads to the end of the stream, then what has changed since', async () => {
    const documented: Documented = {
      settings: example('zendesk'),
      api,
      override: { base_url: `${api.url}/api/v2` },
      env: { ZENDESK_TOKEN: token },
    }
    const catalog = await discover(documented)
    const first = await sync(documented, { catalog })
    expect(first.records.tickets).to.deep.equal(tickets)
    expect(first.requests).to.deep.equal([
      `GET ${path}?start_time=1704067200`,
      `GET ${path}?start_time=${ticket(999).generated_timestamp}`,
    ])
    const last = ticket(1000).generated_timestamp
    expect(Number(bookmarkIn(first.state, 'tickets').replication_key_value)).to.equal(last)

    const changed = { ...ticket(1001), id: 1, subject: 'changed' }
    tickets.shift()
    tickets.push(changed)
    const second = await sync(documented, { catalog, state: first.state })
    expect(second.records.tickets).to.deep.equal([changed])
    expect(second.requests).to.deep.equal([`GET ${path}?start_time=${last}`])
  })
})

/** One each minute from 2024-02-01; what the system changes has a later time than `updated_at`. */
function ticket(i: number) {
  const generated = 1_706_745_600 + i * 60
  const updated = new Date((generated - (i % 2) * 3600) * 1000).toISOString().replace('.000', '')
  return { id: i + 1, subject: `Ticket ${i + 1}`, updated_at: updated, generated_timestamp: generated }
}

/**
 * At most 1000 a page, from `start_time` on, that second included; the next page starts at the last second of this one.
 * https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
 */
function exported(tickets: readonly ReturnType<typeof ticket>[]): Endpoint {
  return (call) => {
    const start = numberIn(call, 'start_time', 0)
    if (start * 1000 > Date.now() - 60_000) return { ...jsonAnswer('{"error":"InvalidValue"}'), status: 422 }
    const page = tickets.filter(({ generated_timestamp }) => generated_timestamp >= start).slice(0, 1000)
    const end = page.at(-1)?.generated_timestamp ?? start
    const next = urlWith(call, { start_time: end }).href
    const isEnd = page.length < 1000
    return jsonAnswer(
      JSON.stringify({ tickets: page, next_page: next, end_time: end, count: page.length, end_of_stream: isEnd }),
    )
  }
}
