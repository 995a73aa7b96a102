import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { errorIn200, noContent, oversized, redirect, status, tooMany } from '../support/api-server.js'
import { allKinds, brokenGzip, type Case, edited, ids, kinds, rule, runWith, zipped } from './kinds.js'

describe('tap-rest, all kinds of paging under faults that do not pass', function () {
  this.timeout(60_000)

  const failing: Readonly<Record<string, Case & { readonly says: RegExp }>> = {
    'NaN in a page': {
      fault: edited((text) => text.replace(/"amount":[\d.]+/, '"amount":NaN')),
      says: /no JSON.* at byte \d+/,
    },
    'a page over max_response_bytes': {
      fault: oversized(20_000),
      more: { max_response_bytes: 10_000 },
      says: /longer than 10000 bytes.*max_response_bytes/,
    },
    'a page over max_response_bytes once unpacked': {
      fault: zipped((body) => gzipSync(`${body}${' '.repeat(20_000)}`)),
      more: { max_response_bytes: 10_000 },
      says: /longer than 10000 bytes.*max_response_bytes/,
    },
    'a login page in a 200': {
      fault: status(200, { 'content-type': 'text/html' }, '<!doctype html><p>Login</p>'),
      says: /is HTML/,
    },
    'JSON that ends too early': { fault: edited((text) => text.slice(0, -5)), says: /no JSON.*too early/ },
    'more behind the JSON': { fault: edited((text) => `${text} []`), says: /no JSON.* at byte \d+/ },
    'bytes that are no UTF-8': { fault: edited((text) => Buffer.from(text, 'latin1')), says: /UTF-8/i },
    'an empty body': { fault: status(200, {}, ''), says: /empty/ },
    'an error in a 200, with a rule': {
      fault: errorIn200,
      more: rule('body.ok == false', 'fail'),
      says: /answered 200.*body.ok == false/,
    },
    'null in a 200': { fault: status(200, {}, 'null'), says: /records/ },
    '404': { fault: status(404), says: /answered 404/ },
    '400': { fault: status(400), says: /answered 400/ },
    '500 for ever': { fault: status(500), times: 99, says: /answered 500, the last of 4 attempts/ },
    'no answer, for ever': { fault: 'refuse', times: 99, says: /the last of 4 attempts/ },
    'a body that breaks off, for ever': { fault: 'reset', times: 99, says: /the last of 4 attempts/ },
    'gzip that breaks off, for ever': { fault: brokenGzip, times: 99, says: /broke off.* the last of 4 attempts/ },
    '429 for longer than retry.max_wait': { fault: tooMany(3600), says: /limit.*retry\.max_wait/ },
    'a redirect in a circle': {
      fault: { edit: (_, call) => ({ status: 302, headers: { location: call.url.href } }) },
      times: 99,
      says: /circle/,
    },
    'a redirect to another port': { fault: redirect('http://127.0.0.1:9/'), says: /127\.0\.0\.1:9.*nothing was sent/ },
  }
  for (const [title, { says, ...each }] of Object.entries(failing)) {
    it(`${title}: one clear line per stream, exit 1, and what came before`, async () => {
      const { code, stderr, criticals, ids: found, others } = await runWith(each)
      expect(code, stderr).to.equal(1)
      expect(criticals).to.have.length(allKinds.length)
      for (const [index, name] of allKinds.entries()) {
        expect(criticals[index])
          .to.match(says)
          .and.match(new RegExp(`stream=${name}$`))
        expect(found.get(name) ?? [], name).to.deep.equal(name === 'none' ? [] : ids.slice(0, 3))
      }
      expect(others.join('\n')).not.to.contain('initial_full_table_complete')
    })
  }

  it('an error in a 200 without a rule fails wherever the records are missing', async () => {
    const names = allKinds.filter((name) => !['$', 'data'].includes(kinds[name]?.records ?? ''))
    const { code, criticals } = await runWith({ fault: errorIn200, names })
    expect(code).to.equal(1)
    expect(criticals).to.have.length(names.length)
    for (const line of criticals) expect(line).to.match(/has no records at .* has the keys ok, error/)
  })

  it('204 is a page without records: the end, where nothing else is promised', async () => {
    const { code, stderr, ids: found } = await runWith({ fault: noContent, names: ['page_bare', 'offset_bare'] })
    expect(code, stderr).to.equal(0)
    expect([...found.values()]).to.deep.equal([ids.slice(0, 3), ids.slice(0, 3)])
  })
})
