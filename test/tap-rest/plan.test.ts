import { expect } from 'chai'
import { type Json, jsonText } from '../../singer/index.js'
import type { StreamPlan } from '../../tap-rest/settings/plan.js'
import type { Scopes, Template } from '../../tap-rest/settings/template.js'
import { planned, stream } from './planned.js'

function rendered(templates: Readonly<Record<string, Template>>, scopes: Scopes = {}): string {
  const values = Object.entries(templates).map(([name, template]): [string, Json] => [
    name,
    template.render(scopes) ?? 'absent',
  ])
  return jsonText(Object.fromEntries(values))
}

describe('the plan of the settings', () => {
  it('of the guide’s example is what it says', async () => {
    const { plan, lines } = await planned(`
base_url: https://api.github.com
auth: {bearer: "{env.TOKEN}"}
paginate: link
repo: octo/hello
defaults: {params: {per_page: 100}, primary_key: id}
streams:
  issues:
    path: /repos/{config.repo|raw}/issues
    incremental: {key: updated_at, start: 2024-01-01, param: since, order: asc}
  comments:
    path: /repos/{config.repo|raw}/issues/{parent.number}/comments
    parent: issues
    include: {issue_number: number}
    concurrency: 4
`)
    expect(lines).to.deep.equal([])
    expect([...plan.streams.keys()]).to.deep.equal(['issues', 'comments'])
    const [issues, comments] = [...plan.streams.values()]
    expect(issues).to.deep.include({
      name: 'issues',
      isSafe: true,
      auth: { kind: 'bearer', token: 't0ps3cret' },
      records: { path: 'auto', isOptional: false },
      format: 'auto',
      primaryKey: [['id']],
      paginate: { kind: 'link', rel: 'next', emptyPageContinues: false, shortPageStops: false },
      incremental: {
        key: ['updated_at'],
        start: '2024-01-01',
        mode: 'param',
        send: { param: 'since' },
        format: 'iso',
        order: 'asc',
      },
      partition: { concurrency: 1, state: 'global', childOfChanged: false },
      include: [],
      schema: { infer: { records: 1000, pages: 5, parents: 5 } },
      rawRecord: false,
      retry: { attempts: 8, firstMs: 1000, maxMs: 60000, maxWaitMs: 900000, extraMs: 0 },
      errors: [],
    })
    expect(issues?.request.url.render({})).to.equal('https://api.github.com/repos/octo/hello/issues')
    expect(issues && rendered(issues.request.params)).to.equal('{"per_page":100}')
    expect(comments?.partition).to.deep.equal({
      parent: 'issues',
      concurrency: 4,
      state: 'global',
      childOfChanged: false,
    })
    expect(comments?.request.url.render({ parent: { number: 7 } })).to.equal(
      'https://api.github.com/repos/octo/hello/issues/7/comments',
    )
    expect(comments?.include.map(({ column, value }) => [column, value.references])).to.deep.equal([
      ['issue_number', [{ scope: 'parent', path: ['number'] }]],
    ])
    expect(comments?.auth).to.equal(issues?.auth)
    expect(plan.connection).to.deep.include({
      baseUrl: 'https://api.github.com',
      allowHosts: [],
      blockPrivateNetworks: false,
      timeoutMs: { connect: 10000, headers: 30000, bodyIdle: 60000 },
      maxResponseBytes: 268435456,
      tls: {},
    })
    expect(plan.connection.secrets).to.deep.equal(['t0ps3cret'])
  })

  describe('joins base URL and path', () => {
    const scopes: Scopes = {
      parent: { id: 'a/b?', url: 'https://api.example.com/v1/x/9', name: 'ä b', n: 5 },
      list: '..',
    }
    const rows: [path: string, url: string][] = [
      ['/x', 'https://api.example.com/v1/x'],
      ['x', 'https://api.example.com/v1/x'],
      ['""', 'https://api.example.com/v1'],
      ['"?a=1"', 'https://api.example.com/v1?a=1'],
      ['"/x/{parent.id}"', 'https://api.example.com/v1/x/a%2Fb%3F'],
      ['"/x/{parent.id|raw}"', 'https://api.example.com/v1/x/a/b?'],
      ['"{parent.name}/x"', 'https://api.example.com/v1/%C3%A4%20b/x'],
      ['"{parent.n}"', 'https://api.example.com/v1/5'],
      ['"{parent.url}"', 'https://api.example.com/v1/x/9'],
      ['"{parent.url}/comments/{parent.name}"', 'https://api.example.com/v1/x/9/comments/%C3%A4%20b'],
      ['https://api.example.com/v2/{parent.id}', 'https://api.example.com/v2/a%2Fb%3F'],
    ]
    for (const [path, url] of rows) {
      it(`${path} → ${url}`, async () => {
        const { request } = await stream(
          `{path: ${path.startsWith('"') ? path : `"${path}"`}, parent: p, list: [1]}\n  p: /p`,
        )
        expect(request.url.render(scopes)).to.equal(url)
      })
    }

    it('a value that would lead to another path stops the run', async () => {
      for (const path of ['/a/{list}/b', '/a/{list|raw}', '{list}']) {
        const { request } = await stream(`{path: "${path}", list: [1]}`)
        for (const list of ['..', '.', '%2e%2E', '']) {
          if (list === (path.includes('raw') ? '' : '%2e%2E')) continue
          expect(() => request.url.render({ list }), `${path} ${list}`).to.throw('would lead to another path')
        }
      }
    })

    it('an absent value stops the run', async () => {
      const { request } = await stream('{path: "{parent.id}", parent: p}\n  p: /p')
      expect(() => request.url.render({ parent: {} })).to.throw('make the URL: {parent.id} has no value here')
    })
  })

  it('merges the top level, defaults and stream: params and headers key by key; null takes back', async () => {
    const yaml = `
base_url: https://h
headers: {X-A: 1, X-B: 2}
params: {a: 42.360, b: 2, c: 3}
auth: {bearer: "{env.TOKEN}"}
paginate: link
retry: {attempts: 3, max_wait: 10}
defaults: {headers: {x-b: 3}, params: {b: null, d: "{now|date}"}, method: POST, primary_key: [id, a.b]}
streams:
  s: {path: /s, params: {c: null, e: [1, 1.10]}, retry: {attempts: 1}}
  t: {path: /t, headers: null, auth: null, paginate: null, method: null, primary_key: x, params: null}
`
    const { plan } = await planned(yaml)
    const [s, t] = [...plan.streams.values()] as [StreamPlan, StreamPlan]
    expect(rendered(s.request.params, { now: '2024-02-03T04:05:06Z' })).to.equal(
      '{"a":42.360,"d":"2024-02-03","e":[1,1.10]}',
    )
    expect(rendered(s.request.headers)).to.equal('{"x-a":1,"x-b":3}')
    expect(s.request.method).to.equal('POST')
    expect(s.primaryKey).to.deep.equal([['id'], ['a', 'b']])
    expect(s.retry).to.deep.include({ attempts: 1, maxWaitMs: 10000 })
    expect([rendered(t.request.params), rendered(t.request.headers)]).to.deep.equal(['{}', '{}'])
    expect([t.auth.kind, t.paginate.kind, t.request.method]).to.deep.equal(['none', 'auto', 'GET'])
  })
})
