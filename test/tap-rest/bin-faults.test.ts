import { expect } from 'chai'
import {
  type ApiOptions,
  contentType,
  encoded,
  errorIn200,
  type Fault,
  status,
  tooMany,
} from '../support/api-server.js'
import { allKinds, brokenGzip, type Case, edited, ids, kinds, rule, runWith, settingsOf, withApi } from './kinds.js'
import { type Ran, run } from './running.js'

/** One of each sort: for faults that take a second each. */
const few = ['none', 'link', 'cursor', 'page', 'offset']

describe('tap-rest, all kinds of paging under faults', function () {
  this.timeout(60_000)

  const slow: Readonly<Record<string, Case>> = {
    '429 with Retry-After in seconds': { fault: tooMany(1), names: few },
    '429 with Retry-After as a date': {
      fault: later((end) => status(429, { 'retry-after': new Date(end * 1000).toUTCString() })),
      names: few,
    },
    '403 with nothing left until a moment': {
      fault: later((end) => status(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(end) })),
      names: few,
    },
    'headers that come too late': { fault: { headersAfterMs: 5_000 }, names: few, more: { timeout: { headers: 0.2 } } },
    'a body that stalls': { fault: { pauseMs: 5_000 }, names: few, more: { timeout: { body_idle: 0.2 } } },
  }
  const passing: Readonly<Record<string, Case>> = {
    '429 without a word of when': { fault: status(429), times: 2 },
    '500 twice': { fault: status(500), times: 2 },
    '503 as HTML': { fault: status(503, { 'content-type': 'text/html' }, '<html>busy</html>') },
    '408 and no body': { fault: { answer: { status: 408 } } },
    'no answer at all': { fault: 'refuse', times: 2 },
    'a body that breaks off': { fault: 'reset', times: 2 },
    'a slow body': { fault: { pauseMs: 20 }, times: 9 },
    gzip: { fault: encoded('gzip'), times: 9 },
    brotli: { fault: encoded('br'), times: 9 },
    deflate: { fault: encoded('deflate'), times: 9 },
    'deflate without its header': { fault: encoded('deflate-raw'), times: 9 },
    'gzip that breaks off': { fault: brokenGzip, times: 2 },
    'the type of HTML': { fault: contentType('text/html'), times: 9 },
    'a byte order mark': { fault: edited((text) => `\uFEFF${text}`), times: 9 },
    'UTF-16': {
      fault: {
        edit: ({ body, headers }) => ({
          headers: { ...headers, 'content-type': 'application/json; charset=utf-16le' },
          body: Buffer.from(String(body ?? ''), 'utf16le'),
        }),
      },
    },
    'white space around the body': { fault: edited((text) => `\r\n\t ${text} \n\n`), times: 9 },
    'a redirect to the page itself under another name': {
      fault: { edit: (answer, call) => (call.query.has('again') ? answer : toAgain(call.url)) },
      times: 9,
    },
    'an error in a 200, with a rule to try again': {
      fault: errorIn200,
      times: 2,
      more: rule('body.ok == false', 'retry'),
    },
    'a login page in a 200, with a rule to try again': {
      fault: status(200, { 'content-type': 'text/html' }, '<html>login</html>'),
      more: rule('contains(headers.content-type, "html")', 'retry'),
    },
    '404 at first, with a rule to try again': {
      fault: status(404),
      times: 2,
      more: rule('status == 404', 'retry'),
    },
  }
  for (const [title, each] of Object.entries(passing)) {
    it(`${title}: every record once`, async () => expectAll(each, await runWith(each)))
  }

  describe('that take their time', () => {
    const runs = new Map<string, Ran>()
    before(() => Promise.all(Object.entries(slow).map(async ([title, each]) => runs.set(title, await runWith(each)))))
    for (const [title, each] of Object.entries(slow)) {
      it(`${title}: every record once`, () => expectAll(each, runs.get(title)))
    }
  })

  const sizes: Readonly<Record<string, ApiOptions>> = {
    'a short page in the middle': { pageSize: [3, 1, 3] },
    'pages of all sizes': { pageSize: [1, 4, 2] },
    'no record at all': { records: 0 },
    'pages that the records just fill': { records: 9 },
    'a single record': { records: 1 },
  }
  for (const [title, options] of Object.entries(sizes)) {
    it(`${title}: every record once`, () =>
      withApi(options, async (api) => {
        const { code, stderr, ids: found } = await run(settingsOf(api.url, allKinds))
        expect(code, stderr).to.equal(0)
        for (const name of allKinds) expect(found.get(name) ?? [], name).to.deep.equal(api.records.map(({ id }) => id))
      }))
  }

  it('an empty page in the middle: all that tokens, links and numbers of pages promise', () =>
    withApi({ pageSize: [3, 0, 3] }, async (api) => {
      const names = ['link', 'next', 'odata', 'cursor', 'graphql', 'page']
      const streams = names.map((name) => [name, { ...kinds[name], paginate: continuing(name) }])
      const settings = { ...settingsOf(api.url, []), streams: Object.fromEntries(streams) }
      const { code, stderr, ids: found } = await run(settings)
      expect(code, stderr).to.equal(0)
      expect(Object.fromEntries(found)).to.deep.equal(Object.fromEntries(names.map((name) => [name, ids])))
    }))

  it('204 and 404 that a rule excuses, one child each: the records of the others', () =>
    withApi({ endpoints: childrenWithHoles }, async (api) => {
      const child = {
        path: '/holes/{parent.id}',
        parent: 'none',
        records: 'rows',
        records_optional: true,
        paginate: 'none',
        primary_key: 'id',
        ...rule('status == 404 or status == 422', 'ignore'),
      }
      const {
        code,
        stderr,
        ids: found,
      } = await run({
        ...settingsOf(api.url, []),
        streams: { none: kinds.none, children: child },
      })
      expect(code, stderr).to.equal(0)
      expect(found.get('children')).to.deep.equal(['4', '5', '6', '7', '8', '9', '10'])
      expect(stderr).to.match(/WARNING answers were ignored.*answers=2/)
    }))
})

function expectAll({ names = allKinds }: Case, ran: Ran | undefined): void {
  expect(ran?.code, ran?.stderr).to.equal(0)
  expect(Object.fromEntries(ran?.ids ?? [])).to.deep.equal(Object.fromEntries(names.map((name) => [name, ids])))
}

/** What it is depends on when it is asked. */
function later(faultAt: (seconds: number) => Fault): Fault {
  return {
    edit(answer) {
      const fault = faultAt(Math.floor(Date.now() / 1000) + 1)
      return typeof fault === 'object' && 'answer' in fault ? fault.answer : answer
    },
  }
}

function toAgain(url: URL) {
  const location = new URL(url)
  location.searchParams.set('again', '1')
  return { status: 307, headers: { location: location.href } }
}

const continuing = (name: string) => {
  const paginate = kinds[name]?.paginate
  return { ...(typeof paginate === 'string' ? { kind: paginate } : paginate), empty_page: 'continue' }
}

const childrenWithHoles = Object.fromEntries(
  ids.map((id) => [
    `/holes/${id}`,
    () => ({
      ...(id === '1' ? { status: 404 } : id === '2' ? { status: 204 } : id === '3' ? { status: 422 } : {}),
      headers: { 'content-type': 'application/json' },
      ...(Number(id) > 2 && { body: `{"rows":[{"id":${id}}]}` }),
    }),
  ]),
)
