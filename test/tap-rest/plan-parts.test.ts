import { expect } from 'chai'
import { type Json, jsonText } from '../../singer/index.js'
import { planned, stream } from './planned.js'

/** Of an object these fields, as YAML's author would write them down. */
async function part(yaml: string, name: keyof Awaited<ReturnType<typeof stream>>): Promise<unknown> {
  return JSON.parse(JSON.stringify((await stream(yaml))[name] ?? null))
}

describe('the plan of', () => {
  describe('auth', () => {
    const rows: [auth: string, plan: unknown][] = [
      ['{bearer: "{env.TOKEN}"}', { kind: 'bearer', token: 't0ps3cret' }],
      ['{bearer: "a{{b}}"}', { kind: 'bearer', token: 'a{b}' }],
      ['{bearer: 12345678901234567890}', { kind: 'bearer', token: '12345678901234567890' }],
      ['{basic: {user: u, password: 007}}', { kind: 'basic', user: 'u', password: '7' }],
      ['{basic: {user: u}}', { kind: 'basic', user: 'u', password: '' }],
      ['{user: u, password: p}', { kind: 'basic', user: 'u', password: 'p' }],
      ['{type: basic, user: u}', { kind: 'basic', user: 'u', password: '' }],
      [
        '{api_key: {name: X-Key, value: "{env.API_KEY}"}}',
        { kind: 'api_key', name: 'X-Key', value: 'k3y-abcdef', in: 'header' },
      ],
      ['{name: k, value: v, in: query}', { kind: 'api_key', name: 'k', value: 'v', in: 'query' }],
      [
        '{oauth2: {token_url: /oauth/token, client_id: i, client_secret: s, scope: a b, headers: {X-A: 1}}}',
        {
          kind: 'oauth2',
          grant: 'client_credentials',
          tokenUrl: 'https://api.example.com/v1/oauth/token',
          clientId: 'i',
          clientSecret: 's',
          scope: 'a b',
          extras: {},
          headers: { 'x-a': '1' },
          authStyle: 'body',
        },
      ],
      [
        '{oauth2: {token_url: https://id.example.com/t, refresh_token: r, auth_style: basic, expires_in: "60", extras: {audience: x}}}',
        {
          kind: 'oauth2',
          grant: 'refresh_token',
          tokenUrl: 'https://id.example.com/t',
          refreshToken: 'r',
          extras: { audience: 'x' },
          headers: {},
          authStyle: 'basic',
          expiresIn: 60,
        },
      ],
      [
        '{token_url: /t, username: u, password: p}',
        {
          kind: 'oauth2',
          grant: 'password',
          tokenUrl: 'https://api.example.com/v1/t',
          username: 'u',
          password: 'p',
          extras: {},
          headers: {},
          authStyle: 'body',
        },
      ],
      [
        '{jwt: {algorithm: HS256, key: "{env.API_KEY}", claims: {iss: me, n: 1, sub: "{env.HOME_TOWN}"}, as: X-Jwt}}',
        {
          kind: 'jwt',
          algorithm: 'HS256',
          key: 'k3y-abcdef',
          claims: { iss: 'me', n: 1, sub: 'Ulm' },
          lifetime: 3600,
          as: { header: 'x-jwt' },
        },
      ],
      [
        '{jwt: {key: "-----BEGIN X-----\\\\nabc", key_id: k, token_url: https://id.example.com/t, lifetime: 60}}',
        {
          kind: 'jwt',
          algorithm: 'RS256',
          key: '-----BEGIN X-----\nabc',
          keyId: 'k',
          claims: {},
          lifetime: 60,
          tokenUrl: 'https://id.example.com/t',
          as: 'bearer',
        },
      ],
      ['{service: es, region: eu-west-1}', { kind: 'aws', service: 'es', region: 'eu-west-1' }],
      [
        '{aws: {service: es, region: r, access_key_id: a, secret_access_key: s, session_token: t}}',
        { kind: 'aws', service: 'es', region: 'r', accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' },
      ],
      [
        '{login: {request: {path: /login, body: {user: u, password: "{env.USER_PASSWORD}"}, body_type: form, headers: {X-A: b}}, token: data.token, as: X-Session, ttl: 600}}',
        {
          kind: 'login',
          request: {
            method: 'POST',
            url: 'https://api.example.com/v1/login',
            headers: { 'x-a': 'b' },
            body: { type: 'form', value: { user: 'u', password: 'p w' } },
          },
          token: ['data', 'token'],
          as: { header: 'x-session' },
          ttl: 600,
        },
      ],
    ]
    for (const [auth, plan] of rows) {
      it(auth, async () => {
        expect(await part(`{path: /s, auth: ${auth}}`, 'auth')).to.deep.equal(plan)
      })
    }

    it('is one for streams that inherit it, so that they share its token', async () => {
      const { plan } = await planned(
        'base_url: https://h\nauth: {bearer: x}\nstreams: {a: /a, b: /b, c: {path: /c, auth: {bearer: y}}}',
      )
      const [a, b, c] = [...plan.streams.values()].map(({ auth }) => auth)
      expect(a).to.equal(b)
      expect(c).to.deep.equal({ kind: 'bearer', token: 'y' })
    })
  })

  describe('paginate', () => {
    const usual = { emptyPageContinues: false, shortPageStops: false }
    const rows: [paginate: string, plan: object][] = [
      ['auto', { kind: 'auto' }],
      ['none', { kind: 'none' }],
      ['{max_pages: 3}', { kind: 'auto', maxPages: 3 }],
      ['{rel: more}', { kind: 'link', rel: 'more' }],
      ['next', { kind: 'next' }],
      ['{path: \'["@odata.nextLink"]\'}', { kind: 'next', path: ['@odata.nextLink'] }],
      ['{path: "@odata.nextLink"}', { kind: 'next', path: ['@odata.nextLink'] }],
      [
        '{from: meta.next, param: cursor}',
        { kind: 'cursor', from: { body: ['meta', 'next'] }, to: { param: 'cursor' } },
      ],
      [
        '{header: X-Next, body: page.after}',
        { kind: 'cursor', from: { header: 'x-next' }, to: { body: ['page', 'after'] } },
      ],
      [
        '{last: id, param: starting_after, has_more: has_more}',
        { kind: 'cursor', from: { last: ['id'] }, to: { param: 'starting_after' }, hasMore: ['has_more'] },
      ],
      ['page', { kind: 'page', to: { param: 'page' }, start: 1 }],
      [
        '{kind: page, start: 0, size_param: n, size: "50", total_pages: meta.pages}',
        {
          kind: 'page',
          to: { param: 'page' },
          start: 0,
          sizeTo: { param: 'n' },
          size: 50,
          totalPages: ['meta', 'pages'],
        },
      ],
      ['offset', { kind: 'offset', to: { param: 'offset' }, start: 0, limitTo: { param: 'limit' }, step: 'returned' }],
      [
        '{limit: 100, total: total, step: limit, short_page_stops: true}',
        {
          kind: 'offset',
          to: { param: 'offset' },
          start: 0,
          limitTo: { param: 'limit' },
          limit: 100,
          step: 'limit',
          total: ['total'],
          shortPageStops: true,
        },
      ],
      [
        '{kind: offset, body: page.from, limit_param: page.size, limit: 10}',
        {
          kind: 'offset',
          to: { body: ['page', 'from'] },
          start: 0,
          limitTo: { body: ['page', 'size'] },
          limit: 10,
          step: 'returned',
        },
      ],
      [
        '{kind: link, empty_page: continue, max_records: 7}',
        { kind: 'link', rel: 'next', emptyPageContinues: true, maxRecords: 7 },
      ],
    ]
    for (const [paginate, plan] of rows) {
      it(paginate, async () => {
        expect(await part(`{path: /s, paginate: ${paginate}}`, 'paginate')).to.deep.equal({ ...usual, ...plan })
      })
    }

    it('has its expressions parsed', async () => {
      const { paginate } = await stream(
        '{path: /s, paginate: {next: last(records).id, param: after, stop_when: length(records) == 0}}',
      )
      expect(paginate.stopWhen?.text).to.equal('length(records) == 0')
      expect(paginate.kind === 'cursor' && 'next' in paginate.from && paginate.from.next.text).to.equal(
        'last(records).id',
      )
    })

    it('has max_pages and max_records beside it, too', async () => {
      expect(await part('{path: /s, paginate: link, max_pages: 2, max_records: 9}', 'paginate')).to.deep.include({
        maxPages: 2,
        maxRecords: 9,
      })
    })
  })

  describe('incremental', () => {
    const usual = { key: ['at'], mode: 'param', format: 'iso', order: 'none' }
    const rows: [incremental: string, plan: object, more?: string][] = [
      ['{key: at, param: since}', { send: { param: 'since' } }],
      [
        '{key: at, body: filter.since, end_param: filter.until, step: P1D, start: 2024-01-01}',
        {
          send: { body: ['filter', 'since'] },
          sendEnd: { body: ['filter', 'until'] },
          step: { months: 0, ms: 86400000 },
          start: '2024-01-01',
        },
      ],
      ['{key: at, header: X-Since}', { send: { header: 'x-since' } }],
      ['{key: a.b, mode: filter, start: 5}', { key: ['a', 'b'], mode: 'filter', start: '5' }],
      [
        '{key: at, mode: feed, order: desc, lookback: PT1H30M}',
        { mode: 'feed', order: 'desc', lookback: { months: 0, ms: 5400000 } },
      ],
      [
        '{key: at, param: s, lookback: 10, granularity: PT1S}',
        { send: { param: 's' }, lookback: 10, granularity: { months: 0, ms: 1000 } },
      ],
      ['{key: at, format: "strftime:%Y"}', { format: 'strftime:%Y' }, 'params: {q: "gt{state}"}'],
      ['{key: at, step: P1M, start: "{env.HOME_TOWN|default(x)}"}', { step: { months: 1, ms: 0 } }, ''],
      [
        '{key: at, step: P1Y2W}',
        { step: { months: 12, ms: 1209600000 }, start: '2020-01-01' },
        'params: {a: "{window.start}", b: "{window.end}"}',
      ],
    ]
    for (const [incremental, plan, more = ''] of rows.filter(([, , text]) => text !== '')) {
      it(incremental, async () => {
        const top = 'start' in plan && !incremental.includes('start') ? 'start_date: 2020-01-01' : ''
        const { incremental: found } = await stream(
          `{path: /s, ${more && `${more}, `}incremental: ${incremental}}`,
          top,
        )
        expect(found).to.deep.equal({ ...usual, ...plan })
      })
    }
  })

  describe('rate', () => {
    const rows: [rate: string, plan: object][] = [
      ['{per_second: 2}', { perSecond: 2, burst: 2 }],
      ['{per_second: 0.5, burst: 3, concurrency: 1}', { perSecond: 0.5, burst: 3, concurrency: 1 }],
      ['{limit: 90, window: PT1M, scope: "x-{env.HOME_TOWN}"}', { perSecond: 1.5, burst: 90, scope: 'x-Ulm' }],
      ['{limit: 3600, window: 3600}', { perSecond: 1, burst: 3600 }],
    ]
    for (const [rate, plan] of rows) {
      it(rate, async () => {
        expect((await stream(`{path: /s, rate: ${rate}}`)).rate).to.deep.equal(plan)
      })
    }
  })

  it('retry and errors', async () => {
    const { retry, errors } = await stream(
      '{path: /s, retry: {attempts: 2, base: 0.5, cap: 5, max_wait: 9, wait_from: body.wait, extra: 1}, errors: [{when: status == 404, then: ignore}]}',
    )
    expect(retry).to.deep.equal({
      attempts: 2,
      firstMs: 500,
      maxMs: 5000,
      maxWaitMs: 9000,
      waitFrom: 'body.wait',
      extraMs: 1000,
    })
    expect(errors.map((rule) => [rule.when.text, rule.then])).to.deep.equal([['status == 404', 'ignore']])
  })

  it('list, chunk, include', async () => {
    const { partition, include } = await stream(
      '{path: "/{list}", parent: p, list: [1.10, "1.10"], chunk: 50, child_of_changed: true, include: {a: user.id, b: "{list}", c: "{params.x}", d: "v-{parent.x}"}}\n  p: /p',
    )
    expect(jsonText([...(partition.list ?? [])])).to.equal('[1.10,"1.10"]')
    expect(partition).to.deep.include({ parent: 'p', chunk: 50, childOfChanged: true })
    const scopes = { parent: { user: { id: 5 }, x: 1 }, list: 'l', params: { x: 9 } }
    const values = include.map(({ column, value }): [string, Json] => [column, value.render(scopes) ?? null])
    expect(values).to.deep.equal([
      ['a', 5],
      ['b', 'l'],
      ['c', 9],
      ['d', 'v-1'],
    ])
    const listed = await stream('{path: /s, parent: p, include: [number, user.id]}\n  p: /p')
    expect(listed.include.map(({ column }) => column)).to.deep.equal(['_parent_number', '_parent_user_id'])
  })

  it('schema: inline, of a file, inferred', async () => {
    const top = 'base_url: https://h\nstreams:\n'
    const { plan } = await planned(
      `${top}  a: {path: /, schema: {type: object, properties: {id: {type: integer, maximum: 12345678901234567890}}}}\n  b: {path: /, schema: FOLDER/s.json}\n  c: {path: /, schema: {infer: {records: "7"}}}\n`,
      { 's.json': '{"properties": {"x": {}}}' },
    )
    expect(
      [...plan.streams.values()].map(({ schema }) => jsonText('declared' in schema ? schema.declared : schema.infer)),
    ).to.deep.equal([
      '{"type":"object","properties":{"id":{"type":"integer","maximum":12345678901234567890}}}',
      '{"properties":{"x":{}}}',
      '{"records":7,"pages":5,"parents":5}',
    ])
  })

  it('the connection', async () => {
    const { plan } = await planned(
      `base_url: "https://{config.shop}.example.com/"
shop: acme
allow_hosts: [files.example.com, "https://x.example.com:8443"]
block_private_networks: yes
timeout: {headers: "5"}
max_response_bytes: 1000
user_agent: "me/{env.HOME_TOWN}"
proxy: http://u:pr0xypw@proxy:3128
ca: FOLDER/ca.pem
key: "-----BEGIN KEY-----\\\\nabc"
token_store: tokens.json
streams: {s: https://files.example.com/x}
`,
      { 'ca.pem': 'the certificate' },
    )
    expect(plan.connection).to.deep.include({
      baseUrl: 'https://acme.example.com',
      allowHosts: ['files.example.com', 'https://x.example.com:8443'],
      blockPrivateNetworks: true,
      timeoutMs: { connect: 10000, headers: 5000, bodyIdle: 60000 },
      maxResponseBytes: 1000,
      userAgent: 'me/Ulm',
      proxy: 'http://u:pr0xypw@proxy:3128',
      tls: { ca: 'the certificate', key: '-----BEGIN KEY-----\nabc' },
      tokenStore: 'tokens.json',
    })
    expect(plan.connection.secrets).to.include.members(['pr0xypw', 'u:pr0xypw', '-----BEGIN KEY-----\nabc'])
  })
})
