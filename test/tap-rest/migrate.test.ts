import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { asObject, ConfigError, type Json, type JsonObject, parseJson } from '../../singer/index.js'
import { migrated } from '../../tap-rest/settings/migrate.js'
import { runBin, withFolder, writeJson } from '../support/bins.js'
import { planned } from './planned.js'

const least = { api_url: 'https://api.example.com/v1', streams: [{ name: 's', path: '/s' }] }

interface Outcome {
  readonly settings: JsonObject
  readonly stream: JsonObject
  readonly notices: readonly string[]
  readonly text: string
}

/** Whatever comes out is taken by the tap itself. */
async function migrate(old: JsonObject): Promise<Outcome> {
  const { text, notices } = migrated({ ...least, ...old })
  await planned(text)
  const settings: JsonObject = parse(text)
  return { settings, stream: asObject(asObject(settings.streams).s), notices, text }
}

const stream = (more: JsonObject): JsonObject => ({ streams: [{ name: 's', path: '/s', ...more }] })

describe('settings of tap-rest-api-msdk become ours', () => {
  describe('what holds for streams', () => {
    const flatten = { separator: '_', clean_names: true }
    const rows: [title: string, old: JsonObject, expected: JsonObject][] = [
      ['the least', {}, { path: '/s', records: '$[*]', flatten }],
      ['braces of a path', stream({ path: '/s{x}' }), { path: '/s{{x}}' }],
      ['a path of the top level', { path: '/top', streams: [{ name: 's' }] }, { path: '/top' }],
      ['params', stream({ params: { a: 1, b: '{x}' } }), { params: { a: 1, b: '{{x}}' } }],
      [
        'params of both levels',
        { params: { a: 1, c: 3 }, ...stream({ params: { a: 2 } }) },
        { params: { a: 2, c: 3 } },
      ],
      ['headers', stream({ headers: { 'X-A': 'b' } }), { headers: { 'X-A': 'b' } }],
      ['records_path', stream({ records_path: '$.a.[*]' }), { records: '$.a.[*]' }],
      ['one of primary_keys', stream({ primary_keys: ['id'] }), { primary_key: 'id' }],
      ['primary_keys', stream({ primary_keys: ['id', 'at'] }), { primary_key: ['id', 'at'] }],
      [
        'except_keys',
        stream({ except_keys: ['tags'] }),
        { flatten: { separator: '_', except: ['tags'], clean_names: true } },
      ],
      ['num_inference_records', stream({ num_inference_records: 20 }), { schema: { infer: { records: 20 } } }],
      ['an inline schema', stream({ schema: { properties: { id: {} } } }), { schema: { properties: { id: {} } } }],
      [
        'replication_key, start_date, a search of the bookmark alone',
        stream({
          replication_key: 'at',
          start_date: '2024-01-01',
          source_search_field: 'since',
          source_search_query: '$last_run_date',
        }),
        { incremental: { key: 'at', start: '2024-01-01', param: 'since', format: 'iso_z' } },
      ],
      [
        'a search with more than the bookmark',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of theirs
        stream({ replication_key: 'at', source_search_field: 'q', source_search_query: 'at>${last_run_date}' }),
        { incremental: { key: 'at', format: 'iso_z' }, params: { q: 'at>{state}' } },
      ],
      [
        'the older search_parameter and search_prefix',
        stream({ replication_key: 'at', search_parameter: 'last', search_prefix: 'gt' }),
        { incremental: { key: 'at', format: 'iso_z' }, params: { last: 'gt{state}' } },
      ],
      [
        'a replication_key without a search: sort and order_by are written out',
        stream({ replication_key: 'at' }),
        { incremental: { key: 'at', mode: 'filter' }, params: { sort: 'asc', order_by: 'at' } },
      ],
      [
        'use_request_body_not_params',
        { use_request_body_not_params: true, ...stream({ params: { size: 10 } }) },
        { method: 'POST', body: { size: 10 } },
      ],
      [
        'a search in the body',
        {
          use_request_body_not_params: true,
          ...stream({
            replication_key: 'at',
            source_search_field: 'query',
            source_search_query: '{"range": {"at": {"gt": "$last_run_date"}}}',
          }),
        },
        { body: { query: { range: { at: { gt: '{state}' } } } }, incremental: { key: 'at', format: 'iso_z' } },
      ],
    ]
    for (const [title, old, expected] of rows) {
      it(title, async () => {
        expect((await migrate(old)).stream).to.deep.include(expected)
      })
    }

    it('in common goes into defaults', async () => {
      const { settings } = await migrate({
        params: { a: 1 },
        streams: [
          { name: 's', path: '/s', primary_keys: ['id'] },
          { name: 't', path: '/t', primary_keys: ['id'], records_path: '$.t' },
        ],
      })
      expect(settings.defaults).to.deep.equal({ params: { a: 1 }, primary_key: 'id', flatten })
      expect(settings.streams).to.deep.equal({ s: { path: '/s', records: '$[*]' }, t: { path: '/t', records: '$.t' } })
    })
  })

  describe('auth', () => {
    const rows: [title: string, old: JsonObject, expected: JsonObject][] = [
      ['no_auth', { auth_method: 'no_auth' }, {}],
      [
        'api_key',
        { auth_method: 'api_key', api_keys: { 'X-Key': 'k{1}' } },
        { auth: { api_key: { name: 'X-Key', value: 'k{{1}}' } } },
      ],
      [
        'api_key: the last pair, the others in headers',
        { auth_method: 'api_key', api_keys: { 'X-App': 'a', 'X-Key': 'k' } },
        { auth: { api_key: { name: 'X-Key', value: 'k' } }, headers: { 'X-App': 'a' } },
      ],
      [
        'basic',
        { auth_method: 'basic', username: 'u', password: 'p' },
        { auth: { basic: { user: 'u', password: 'p' } } },
      ],
      ['bearer_token', { auth_method: 'bearer_token', bearer_token: 't' }, { auth: { bearer: 't' } }],
      [
        'oauth',
        {
          auth_method: 'oauth',
          grant_type: 'refresh_token',
          access_token_url: 'https://a/t',
          client_id: 'i',
          client_secret: 's',
          refresh_token: 'r',
          scope: 'x y',
          redirect_uri: 'https://a/r',
          oauth_extras: { audience: 'z' },
          oauth_expiration_secs: 60,
          headers: { 'X-A': 'b' },
        },
        {
          auth: {
            oauth2: {
              grant: 'refresh_token',
              token_url: 'https://a/t',
              client_id: 'i',
              client_secret: 's',
              refresh_token: 'r',
              scope: 'x y',
              extras: { audience: 'z', redirect_uri: 'https://a/r' },
              headers: { 'X-A': 'b' },
              expires_in: 60,
            },
          },
        },
      ],
      [
        'oauth by password',
        { auth_method: 'oauth', grant_type: 'password', access_token_url: 'https://a/t', username: 'u', password: 'p' },
        { auth: { oauth2: { grant: 'password', token_url: 'https://a/t', username: 'u', password: 'p' } } },
      ],
      [
        'aws',
        {
          auth_method: 'aws',
          aws_credentials: {
            aws_access_key_id: 'a',
            aws_secret_access_key: 's',
            aws_session_token: 't',
            aws_region: 'r',
            aws_service: 'es',
          },
        },
        {
          auth: { aws: { service: 'es', region: 'r', access_key_id: 'a', secret_access_key: 's', session_token: 't' } },
        },
      ],
    ]
    for (const [title, old, expected] of rows) {
      it(title, async () => {
        const { auth, headers } = (await migrate(old)).settings
        expect(parseJson(JSON.stringify({ auth, headers }))).to.deep.equal(expected)
      })
    }
  })

  describe('pagination', () => {
    const rows: [old: JsonObject, paginate: Json, params?: JsonObject][] = [
      [{}, { kind: 'cursor', from: '$.next_page', param: 'page' }],
      [
        { next_page_token_path: '$.meta.next', pagination_next_page_param: 'p' },
        { kind: 'cursor', from: '$.meta.next', param: 'p' },
      ],
      [{ pagination_request_style: 'jsonpath_paginator' }, { kind: 'cursor', from: '$.next_page', param: 'page' }],
      [
        { pagination_response_style: 'offset', pagination_page_size: 5 },
        { kind: 'cursor', from: '$.next_page', param: 'offset' },
        { limit: 5 },
      ],
      [{ pagination_request_style: 'offset_paginator' }, { kind: 'offset', start: 0, total: '$.pagination.total' }],
      [
        {
          pagination_request_style: 'style1',
          next_page_token_path: '$.paging',
          pagination_total_limit_param: 'all',
          pagination_next_page_param: 'skip',
          pagination_limit_per_page_param: 'take',
          pagination_page_size: 50,
        },
        { kind: 'offset', param: 'skip', start: 0, limit_param: 'take', limit: 50, total: '$.paging.all' },
      ],
      [
        { pagination_request_style: 'simple_offset_paginator' },
        { kind: 'offset', start: 0, limit: 25, short_page_stops: true },
      ],
      [
        { pagination_request_style: 'page_number_paginator' },
        { kind: 'page', param: 'page', start: 1, has_more: 'hasMore' },
      ],
      [
        {
          pagination_request_style: 'page_number_paginator',
          next_page_token_path: '$.more',
          pagination_initial_offset: 0,
          pagination_page_size: 9,
          pagination_limit_per_page_param: 'n',
        },
        { kind: 'page', param: 'page', start: 0, size_param: 'n', size: 9, has_more: '$.more' },
      ],
      [
        { pagination_request_style: 'simple_header_paginator' },
        { kind: 'cursor', header: 'X-Next-Page', param: 'page' },
      ],
      [
        { pagination_request_style: 'simple_header_paginator', next_page_token_path: '$.n' },
        { kind: 'cursor', from: '$.n', param: 'page' },
      ],
      [{ pagination_request_style: 'header_link_paginator' }, 'link', { per_page: 25 }],
      [
        { pagination_request_style: 'restapi_header_link_paginator', pagination_page_size: 100 },
        'link',
        { per_page: 100 },
      ],
      [
        { pagination_request_style: 'hateoas_paginator', next_page_token_path: '$.links.next.`split(?, 1, -1)`' },
        { kind: 'next', path: '$.links.next' },
      ],
      [
        { pagination_response_style: 'hateoas_body', next_page_token_path: '$.next' },
        { kind: 'next', path: '$.next' },
      ],
      [{ pagination_request_style: 'hateoas_paginator', next_page_token_path: '$.link[?(@.rel=="next")].url' }, 'next'],
      [{ pagination_request_style: 'single_page_paginator' }, 'none'],
      [
        {
          use_request_body_not_params: true,
          pagination_request_style: 'simple_offset_paginator',
          pagination_next_page_param: 'from',
        },
        { kind: 'offset', start: 0, limit: 25, short_page_stops: true, body: 'from' },
      ],
    ]
    for (const [old, paginate, params] of rows) {
      it(JSON.stringify(old), async () => {
        const outcome = await migrate(old)
        expect(outcome.settings.paginate).to.deep.equal(paginate)
        if (params) expect(outcome.stream.params).to.deep.equal(params)
      })
    }

    it('of GitHub: since, sort and direction are written out', async () => {
      const { stream: found, notices } = await migrate({
        pagination_request_style: 'restapi_header_link_paginator',
        ...stream({ replication_key: 'updated_at' }),
      })
      expect(found.params).to.deep.equal({ per_page: 25, sort: 'updated', direction: 'asc' })
      expect(found.incremental).to.deep.equal({ key: 'updated_at', param: 'since', format: 'iso_z' })
      expect(notices.join()).to.include('since, sort and direction were sent because of the name of the key')
    })
  })

  describe('the rest', () => {
    const rows: [old: JsonObject, key: string, expected: Json | undefined][] = [
      [{ pagination_results_limit: 10000 }, 'max_records', 10000],
      [{ backoff_type: 'header' }, 'retry', undefined],
      [
        { backoff_type: 'header', backoff_param: 'X-Wait', backoff_time_extension: 3 },
        'retry',
        { wait_from: 'X-Wait', extra: 3 },
      ],
      [{ backoff_type: 'message', backoff_param: 'retry_in' }, 'retry', { wait_from: 'body.retry_in' }],
      [{ store_raw_json_message: true }, 'raw_record', true],
      [{ store_raw_json_message: false }, 'raw_record', undefined],
      [{ user_agent: 'acme' }, 'user_agent', 'acme'],
    ]
    for (const [old, key, expected] of rows) {
      it(JSON.stringify(old), async () => {
        expect((await migrate(old)).settings[key]).to.deep.equal(expected)
      })
    }
  })

  it('with a notice where somebody should look', async () => {
    const rows: [old: JsonObject, notice: string][] = [
      [
        { pagination_request_style: 'offset_paginator' },
        'paginate: offsets began at 1, so the first record was never read; they begin at 0 now',
      ],
      [
        { auth_method: 'api_key', api_keys: { a: 'x', b: 'y' } },
        'headers: only the last pair of api_keys was sent; now all are',
      ],
      [
        { streams: [{ name: 'a', path: '/a', pagination_page_size: 5 }] },
        'pagination_page_size has no effect in a stream, only at the top level, and is left out',
      ],
      [{ stream_maps: {} }, 'stream_maps has no counterpart here and is left out'],
      [
        { pagination_request_style: 'mine' },
        'paginate: the pagination_request_style mine is not known; write paginate by hand',
      ],
      [
        { auth_method: 'aws', aws_credentials: { aws_profile: 'p', aws_region: 'r', aws_service: 's' } },
        'auth.aws: aws_profile is not read: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN',
      ],
      [
        { auth_method: 'aws', aws_credentials: { create_signed_credentials: false } },
        'create_signed_credentials is false: requests were not signed, so there is no auth',
      ],
      [
        { pagination_request_style: 'hateoas_paginator', next_page_token_path: '$.a[*]' },
        'paginate.path: next_page_token_path is no path of one value: write it by hand',
      ],
      [
        stream({ replication_key: 'at' }),
        'streams.s.incremental: the API was not asked for new records alone, so mode is filter: older ones are read, but no longer sent',
      ],
    ]
    for (const [old, notice] of rows) {
      const { notices, text } = await migrate(old)
      expect(notices).to.include(notice)
      expect(text).to.include(`# ${notice.replace(/^[\w.]+: /, '')}`)
    }
  })

  it('as YAML that reads well, every digit kept', () => {
    const old = parseJson(
      '{"api_url": "https://h", "streams": [{"name": "s", "path": "/s", "params": {"lat": 42.360}, "primary_keys": ["id"], "replication_key": "at"}]}',
    )
    expect(migrated(asObject(old)).text).to.equal(`base_url: https://h
paginate: {kind: cursor, from: $.next_page, param: page}
streams:
  s:
    path: /s
    # sort and order_by were always sent with a replication_key
    params: {lat: 42.360, sort: asc, order_by: at}
    records: $[*]
    primary_key: id
    # the API was not asked for new records alone, so mode is filter: older ones are read, but no longer sent
    incremental: {key: at, mode: filter}
    flatten: {separator: _, clean_names: true}
`)
  })

  it('only if they are such settings', () => {
    const rows: [old: JsonObject, problem: string][] = [
      [{}, 'these are no settings of tap-rest-api-msdk: api_url and a list of streams are wanted'],
      [
        { api_url: 'x', streams: {} },
        'these are no settings of tap-rest-api-msdk: api_url and a list of streams are wanted',
      ],
      [{ api_url: 'x', streams: [{ name: 'a' }, {}] }, 'stream 2 of the settings has no name'],
    ]
    for (const [old, problem] of rows) expect(() => migrated(old)).to.throw(ConfigError, problem)
  })
})

describe('tap-rest migrate FILE', () => {
  it('prints settings that tap-rest understands, and says on stderr what to look at', () =>
    withFolder(async (folder) => {
      const old = { ...least, use_request_body_not_params: true }
      expect(migrated(old).notices).to.have.length.above(0)
      const path = await writeJson(join(folder, 'old.json'), old)
      const { code, stdout, stderr } = await runBin('tap-rest', ['migrate', path])
      expect(code, stderr).to.equal(0)
      expect(stdout.toString()).to.equal(migrated(old).text)
      expect(stderr.trimEnd().split('\n')).to.deep.equal(migrated(old).notices.map((notice) => `WARNING ${notice}`))
    }))

  for (const [what, argv, words] of [
    ['no file', [], 'migrate wants one file'],
    ['a flag', ['--help'], 'migrate wants one file'],
    ['a file that is missing', ['/no/such/file.json'], '/no/such/file.json'],
    ['two files', ['a.json', 'b.json'], 'migrate wants one file'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { code, stdout, stderr } = await runBin('tap-rest', ['migrate', ...argv])
      expect(code).to.equal(2)
      expect(stdout.toString()).to.equal('')
      expect(stderr)
        .to.match(/^CRITICAL /)
        .and.to.include(words)
    })
  }
})
