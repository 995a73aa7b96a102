import { expect } from 'chai'
import fc from 'fast-check'
import type { Json } from '../../singer/index.js'
import { Digits } from '../../singer/index.js'
import { askedMs, isRateLimit, jitterMs, spentMs } from '../../tap-rest/http/wait.js'
import { policyOf } from './sending.js'

const now = Date.parse('2026-03-01T12:00:00Z')
const date = new Date(now).toUTCString()
const inHalfAMinute = now / 1000 + 30
type Headers = Readonly<Record<string, string>>

describe('tap-rest waits', () => {
  const asked: readonly (readonly [Headers, ms: number | undefined])[] = [
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '30, 60' }, 30_000],
    [{ 'retry-after': new Date(now + 30_000).toUTCString() }, 30_000],
    [{ 'retry-after': String(inHalfAMinute) }, 30_000],
    [{ 'retry-after': '0' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': new Date(now - 30_000).toUTCString() }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '10', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }, 10_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inHalfAMinute) }, 30_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inHalfAMinute * 1000) }, 30_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }, 30_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': new Date(now + 30_000).toISOString() }, 30_000],
    [{ 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '30' }, 30_000],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, 30_000],
    [{ 'x-ratelimit-reset': '30' }, undefined],
    [{ 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '30' }, undefined],
    [{ 'x-ratelimit-remaining': '0' }, undefined],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inHalfAMinute - 60) }, undefined],
    [{ ratelimit: 'limit=100, remaining=0, reset=30' }, 30_000],
    [{ ratelimit: 'limit=100, remaining=4, reset=30' }, undefined],
    [{ ratelimit: '"default";r=0;t=30' }, 30_000],
    [{ ratelimit: '"default";r=4;t=30' }, undefined],
    [{ ratelimit: '"second";r=0;t=1, "hour";r=0;t=30, "day";r=10;t=3000' }, 30_000],
    [{ ratelimit: 'r=0;t=30' }, 30_000],
    [{ ratelimit: 'r=0' }, undefined],
    [{ ratelimit: 'nothing known' }, undefined],
    [{}, undefined],
  ]
  for (const [headers, ms] of asked) {
    it(`${JSON.stringify(headers)} asks for ${ms} ms`, () => {
      expect(waitAskedBy({ date, ...headers })).to.equal(ms)
    })
  }

  it('a clock that is wrong here changes nothing: moments are those of the server', () => {
    const later = Date.now() + 3_600_000
    const headers = { date: new Date(later).toUTCString(), 'retry-after': new Date(later + 30_000).toUTCString() }
    expect(waitAskedBy(headers)).to.equal(30_000)
  })

  it('without a date of the server the own clock counts', () => {
    expect(waitAskedBy({ 'retry-after': new Date(Date.now() + 30_000).toUTCString() })).to.be.within(28_000, 30_000)
  })

  const chosen: readonly (readonly [waitFrom: string, Headers, body: Json, ms: number | undefined])[] = [
    ['x-wait', { 'x-wait': '7', 'retry-after': '9' }, null, 7_000],
    ['X-Wait', { 'x-wait': '7' }, null, 7_000],
    ['headers.x-wait', { 'x-wait': '7' }, null, 7_000],
    ['retry-after', { 'retry-after': '9' }, null, 9_000],
    ['x-wait', { 'retry-after': '9' }, null, 9_000],
    ['body.retry_in', {}, { retry_in: 7 }, 7_000],
    ['body.retry_in', {}, { retry_in: '7' }, 7_000],
    ['body.retry_in', {}, { retry_in: new Digits('7.0') }, 7_000],
    ['body.detail', {}, { detail: 'Expected available in 7 seconds.' }, 7_000],
    ['body.a.b', {}, { a: { b: 7 } }, 7_000],
    ['body.a.b', { 'retry-after': '9' }, { a: 1 }, 9_000],
    ['body.a', {}, null, undefined],
  ]
  for (const [waitFrom, headers, body, ms] of chosen) {
    it(`wait_from ${waitFrom} of ${JSON.stringify(headers)} and ${JSON.stringify(body)} asks for ${ms} ms`, () => {
      expect(waitAskedBy({ date, ...headers }, waitFrom, body)).to.equal(ms)
    })
  }

  it('a good answer that leaves nothing asks for a wait, too', () => {
    expect(spentMs({ date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' })).to.equal(30_000)
    expect(spentMs({ date, 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '30' })).to.equal(undefined)
  })

  it('403 is a rate limit with Retry-After or when nothing is left, else a matter of permissions', () => {
    expect(isRateLimit({ 'retry-after': '1' })).to.equal(true)
    expect(isRateLimit({ 'x-ratelimit-remaining': '0' })).to.equal(true)
    expect(isRateLimit({ 'x-ratelimit-remaining': '12' })).to.equal(false)
    expect(isRateLimit({})).to.equal(false)
  })

  it('no header makes a wait of what is not a time in the future', () => {
    const names = ['retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'ratelimit', 'date', 'x-wait'] as const
    const text = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.date({ noInvalidDate: true }).map((at) => at.toUTCString()),
      fc.stringMatching(/^[rt]=\d{0,9};?[rt]?=?\d{0,20}$/),
      fc.constant('0'),
    )
    const headers = fc.record(Object.fromEntries(names.map((name) => [name, text])), { requiredKeys: [] })
    fc.assert(
      fc.property(headers, (some) => {
        for (const ms of [waitAskedBy(some as Headers, 'x-wait'), spentMs(some as Headers)]) {
          expect(ms === undefined || (ms > 0 && Number.isFinite(ms)), String(ms)).to.equal(true)
        }
      }),
    )
  })

  it('waits between attempts are random below a bound that doubles up to its own bound', () => {
    const retry = { ...policyOf().retry, firstMs: 100, maxMs: 1_000 }
    const bounds = [100, 200, 400, 800, 1_000, 1_000]
    for (const [index, bound] of bounds.entries()) {
      const waits = Array.from({ length: 500 }, () => jitterMs(index + 1, retry))
      expect(Math.max(...waits)).to.be.within(bound * 0.9, bound)
      expect(Math.min(...waits)).to.be.within(0, bound * 0.1)
    }
  })
})

function waitAskedBy(headers: Headers, waitFrom?: string, body: Json = null): number | undefined {
  const response = { status: 429, headers, url: new URL('http://a'), body: Buffer.alloc(0) }
  return askedMs(response, { ...policyOf().retry, ...(waitFrom !== undefined && { waitFrom }) }, () => body)
}
