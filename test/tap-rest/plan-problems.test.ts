import { expect } from 'chai'
import { planned, problemsOf, settingsWith } from './planned.js'

describe('settings that contradict themselves are told', () => {
  const rows: [stream: string, ...problems: string[]][] = [
    ['{method: POST}', 'path: is required'],
    [
      '"/{config.repo}"',
      'path: {config.repo}: repo is not set; known: base_url, streams, block_private_networks, max_response_bytes',
    ],
    ['"/{parnt.id}"', 'path: {parnt.id}: parnt is no scope; did you mean parent? (a brace is written {{)'],
    ['"/{parent.id}"', 'path: {parent.id} needs parent, the name of another stream'],
    ['"/{list}"', 'path: {list} needs list'],
    ['"/{page.number}"', 'path: {page.number} is not known: paginate puts page, offset or cursor into the request'],
    ['{path: /, params: {a: "{state}"}}', 'params.a: {state} needs incremental'],
    [
      '{path: /, params: {a: "{window.start}"}, incremental: {key: a, mode: filter}}',
      'params.a: {window.start} needs incremental.step',
    ],
    ['{path: /, params: {a: "{now.x}"}}', 'params.a: {now.x} is not known: it is {now}, without a name'],
    [
      '{path: /, headers: {a: "{params.x}"}}',
      'headers.a: {params.x} may stand in include alone: it is what was sent and what came',
    ],
    [
      '{path: /, method: POST, body: {a: [{b: "{env.NOPE}"}]}}',
      'body: a.0.b: the variable NOPE of the environment is not set',
    ],
    ['{path: /, body: {a: 1}}', 'body: needs another method than GET, such as method: POST'],
    ['{path: /, method: POST, body: [1], body_type: form}', 'body: must be an object, since body_type is form'],
    ['{path: /, method: POST, body: {a: 1}, body_type: raw}', 'body: must be a text, since body_type is raw'],
    [
      'https://other.example.com/x',
      'path: https://other.example.com is not the origin of base_url; name it in allow_hosts if requests may go there',
    ],
    [
      'http://api.example.com/x',
      'path: http://api.example.com is not the origin of base_url; name it in allow_hosts if requests may go there',
    ],
    [
      '{path: "https://{parent.host}/x", parent: p}',
      'path: its host must not depend on {parent}',
      'parent: p is no stream; known: s',
    ],
    ['{path: /, parent: t}', 'parent: t is no stream; known: s'],
    ['{path: /, parent: s}', 'parent: the streams are parents of each other: s → s'],
    [
      '{path: /, chunk: 5, child_of_changed: true, state: per_parent}',
      'chunk: needs parent',
      'child_of_changed: needs parent',
      'state: per_parent needs parent or list',
      'chunk: and state: per_parent exclude each other: one request is for several parents',
    ],
    [
      '{path: /, include: {a: number}}',
      'include.a: number means {parent.number}, but the stream has no parent; of the request take {params.number}',
    ],
    ['{path: /, include: x}', 'include: must be an object {column: value} or a list of fields of the parent'],
    [
      '{path: /, include: {id: "{params.id}"}, schema: {properties: {id: {}}}}',
      'include.id: is a column of the schema, too; choose another name',
    ],
    [
      '{path: /, include: {a: "{state}"}, incremental: {key: a, mode: filter}}',
      'include.a: {state} may not stand in include: it changes with each run',
    ],
    ['{path: /, paginate: lnik}', 'paginate: lnik is no kind of pagination; did you mean link?'],
    [
      '{path: /, paginate: {kind: page, limit: 5}}',
      'paginate.limit: is no key of the kind page but of offset; its keys are param, body, start, size_param, size, total_pages, short_page_stops',
    ],
    [
      '{path: /, paginate: {kind: link, param: x}}',
      'paginate.param: is no key of the kind link but of cursor and page and offset; its keys are rel',
    ],
    ['{path: /, paginate: {param: p}}', 'paginate: kind is required: cursor or page or offset'],
    ['{path: /, paginate: {rel: next, size: 5}}', 'paginate: kind is required, its keys belong to several kinds'],
    [
      '{path: /, paginate: {kind: cursor, from: a, last: b}}',
      'paginate: exactly one of from, header, last and next says where the cursor is',
      'paginate: param (or body) is required: where the cursor goes',
    ],
    [
      '{path: /, paginate: {from: "a[*]", param: c, stop_when: "status = 1"}}',
      'paginate.from: must be the path of one value, such as a.b',
      'paginate.stop_when: column 8: = is not known; did you mean ==?',
    ],
    [
      '{path: /, incremental: {key: a}}',
      'incremental: param is required, or {state} in params, path, headers or body; for an API without a filter write mode: filter',
    ],
    ['{path: /, incremental: {key: a, param: b, body: c}}', 'incremental: param and body exclude each other'],
    [
      '{path: /, incremental: {key: a, param: b, step: 1d}}',
      'incremental.step: must be a duration of ISO 8601 such as P1D',
      'incremental.start: is required with step: where the first window begins; start_date does, too',
      'incremental.end_param: is required with step, or {window.end} in params, path, headers or body',
    ],
    [
      '{path: /, incremental: {key: a, param: b, step: P1D, end_param: c, start: soon}}',
      'incremental.start: must be a time, since step is one',
    ],
    [
      '{path: /, incremental: {key: a, mode: feed, step: P1D, start: 2024-01-01, end_param: e}}',
      'incremental.step: belongs to mode param, not feed',
    ],
    [
      '{path: /, incremental: {key: a, param: b, end_param: c}}',
      'incremental.end_param: needs step, the length of a window',
    ],
    [
      '{path: /, incremental: {key: a, param: b, format: isoz}}',
      'incremental.format: must be one of iso, iso_z, epoch, epoch_ms, date or strftime:%Y-%m-%d',
    ],
    [
      '{path: /, incremental: {key: a, param: b, lookback: P0D, granularity: x}}',
      'incremental.lookback: must be longer than nothing',
      'incremental.granularity: must be a duration of ISO 8601 such as P1D, PT1H or P1M',
    ],
    [
      '{path: /, rate: {per_second: 1, limit: 5}}',
      'rate: per_second and limit with window exclude each other',
      'rate.window: is required with limit',
    ],
    ['{path: /, rate: {scope: x}}', 'rate: needs per_second, or limit with window, or concurrency'],
    ['{path: /, rate: {limit: 5, window: P1M}}', 'rate.window: must be of days or less, since months differ'],
    ['{path: /, retry: {base: 9, cap: 1}}', 'retry.base: must not be more than cap'],
    [
      '{path: /, errors: [{when: length(records) == 0, then: stop}]}',
      'errors.0.when: records are not known when an answer is judged; look at status, headers or body',
    ],
    [
      '{path: /, schema: {infer: {record: 5, pages: 0}}}',
      'schema.infer.record: is not known; did you mean records?',
      'schema.infer.pages: must be a whole number of at least 1',
    ],
    ['{path: /, schema: /no/such.json}', 'schema: read the schema /no/such.json: there is no such file'],
    [
      '{path: /, schema: {id: {}}}',
      'schema: must be a JSON Schema of an object, with properties; or {infer: {records: 1000}}',
    ],
    ['{path: /, primary_key: [a, "b[*]"]}', 'primary_key: must be the path of one value, such as a.b'],
    [
      '{path: /, auth: {}}',
      'auth: must be one of bearer, basic, api_key, oauth2, jwt, aws, login, with the keys of that kind alone',
    ],
    [
      '{path: /, auth: {bearer: a, basic: {user: b}}}',
      'auth: bearer and basic exclude each other; further headers go into headers',
    ],
    [
      '{path: /, auth: {basic: {user: b}, password: c}}',
      'auth: password must stand within basic, or basic be left out',
    ],
    [
      '{path: /, auth: {password: c}}',
      'auth: must be one of bearer, basic, api_key, oauth2, jwt, aws, login, with the keys of that kind alone',
    ],
    ['{path: /, auth: {type: basic, password: c}}', 'auth.user: is required'],
    ['{path: /, auth: {bearer: "{env.TOKN}"}}', 'auth.bearer: the variable TOKN of the environment is not set'],
    [
      '{path: /, auth: {bearer: "{parent.x}"}}',
      'auth.bearer: only {config.…} and {env.…} may stand here, not {parent}',
    ],
    [
      '{path: /, auth: {oauth2: {token_url: /t, grant: password, username: u}}}',
      'auth.oauth2.password: is required for the grant password',
    ],
    [
      '{path: /, auth: {jwt: {algorithm: none, key: x}}}',
      'auth.jwt.algorithm: must be RS256, ES256, PS256, HS256 or the like',
    ],
    [
      '{path: /, auth: {jwt: {key: /no/such.pem}}}',
      'auth.jwt.key: must be PEM text, or the path of a file that can be read',
    ],
  ]
  for (const [stream, ...problems] of rows) {
    it(`${stream} — ${problems.join('; ')}`, async () => {
      expect(await problemsOf(settingsWith(stream))).to.have.members(problems.map((problem) => `streams.s.${problem}`))
    })
  }

  const top: [settings: string, ...problems: string[]][] = [
    ['base_url: ftp://x', 'base_url: must be a URL that begins with https://'],
    ['base_url: https://u:p@x', 'base_url: must hold no user and password: put them into auth'],
    ['base_url: https://x/?a=1', 'base_url: must have no ? or #: parameters go into params'],
    ['base_url: "https://{env.NOPE}"', 'base_url: the variable NOPE of the environment is not set'],
    [
      'base_url: https://x\nallow_hosts: [a/b, ok]',
      'allow_hosts.0: must be a host, host:port, or an origin such as https://files.example.com',
    ],
    ['base_url: https://x\nproxy: nope', 'proxy: must be a URL'],
    ['base_url: https://x\nca: /no/such.pem', 'ca: must be PEM text, or the path of a file that can be read'],
  ]
  for (const [settings, ...problems] of top) {
    it(`${settings} — ${problems.join('; ')}`, async () => {
      expect(await problemsOf(`${settings}\nstreams: {s: /s}`)).to.have.members(problems)
    })
  }

  it('all at once', async () => {
    const yaml =
      'base_url: https://x\nstreams:\n  a: {path: "/{x}", parent: c, paginate: nope}\n  b: {path: /, parent: a}\n  c: {path: /, parent: b, incremental: {key: k}}\n'
    expect(await problemsOf(yaml)).to.deep.equal([
      'streams.a.path: {x}: x is no scope; known: config, env, state, window, parent, list, params, body, now (a brace is written {{)',
      'streams.a.paginate: nope is no kind of pagination; did you mean none?',
      'streams.c.incremental: param is required, or {state} in params, path, headers or body; for an API without a filter write mode: filter',
      'streams.a.parent: the streams are parents of each other: a → c → b → a',
    ])
  })

  it('of secrets that are set to nothing', async () => {
    for (const auth of ['{bearer: ""}', '{bearer: " "}', '{api_key: {name: X, value: ""}}']) {
      const problems = await problemsOf(settingsWith(`{path: /, auth: ${auth}}`))
      expect(problems.join('\n')).to.match(/\.auth\.(bearer|api_key\.value): is empty$/)
    }
  })

  it('without a part of a secret', async () => {
    const secret = 'hunter2{nope}x}'
    const yaml = `{path: /, auth: {bearer: "${secret}"}, params: {api_key: "${secret}"}, headers: {Authorization: "${secret}"}}`
    const problems = await problemsOf(settingsWith(yaml))
    expect(problems).to.have.length(3)
    expect(problems.join()).to.not.match(/hunter2|nope/)
  })
})

describe('the secrets of the settings', () => {
  it('are all that auth holds but names and URLs, and what names tell', async () => {
    const { plan, lines } = await planned(`
base_url: http://api.example.com
mine_token: m1ne-token
streams:
  a: {path: /, auth: {bearer: bearer-1}}
  b: {path: /, auth: {basic: {user: user-1, password: password-1}}}
  c: {path: /, auth: {basic: {user: user-is-key-1}}}
  d: {path: /, auth: {api_key: {name: X-Name, value: value-1}}}
  e: {path: /, auth: {oauth2: {token_url: /t, client_id: client-1, client_secret: client-secret-1, extras: {audience: aud-1, client_assertion_token: extra-1}}}}
  f: {path: /, auth: {oauth2: {token_url: /t, refresh_token: refresh-1}}}
  g: {path: /, auth: {jwt: {algorithm: HS256, key: shared-1, claims: {iss: iss-1}}}}
  h: {path: /, auth: {aws: {service: es, region: eu-1, access_key_id: AKIA-1, secret_access_key: sak-1, session_token: st-1}}}
  i: {path: /, auth: {login: {request: {path: /login, body: {who: login-user-1, pin: {deep: pin-1}}}, token: t}}}
  j: {path: /, params: {sig: sig-value-1, q: plain-1, sort_key: created-1}, headers: {Authorization: "Bearer header-1", Cookie: "a=cookie-1"}}
  k: {path: "/{config.mine_token}", method: POST, body: {variables: {apiKey: body-key-1, name: name-1}}, params: {x: "{env.API_KEY}"}}
`)
    expect(plan.connection.secrets).to.include.members([
      'AKIA-1',
      'Bearer header-1',
      'a=cookie-1',
      'bearer-1',
      'body-key-1',
      'client-secret-1',
      'extra-1',
      'header-1',
      'k3y-abcdef',
      'login-user-1',
      'm1ne-token',
      'password-1',
      'pin-1',
      'refresh-1',
      'sak-1',
      'shared-1',
      'sig-value-1',
      'st-1',
      'user-is-key-1',
      'value-1',
    ])
    expect(plan.connection.secrets).to.not.include.members(['plain-1'])
    for (const open of ['plain-1', 'user-1', 'X-Name', 'client-1', 'aud-1', 'iss-1', 'eu-1', 'created-1', 'name-1']) {
      expect(plan.connection.secrets, open).to.not.include(open)
    }
    expect(lines).to.deep.equal([
      'WARNING base_url is http: secrets are sent in the clear base_url=http://api.example.com',
    ])
  })

  it('are not the places where they are kept', async () => {
    const { plan } = await planned('base_url: https://a.example\ntoken_store: kept/here.json\nstreams: {s: /s}')
    expect(plan.connection.secrets).to.deep.equal([])
  })

  it('may go over http to the machine itself', async () => {
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:8080']) {
      const { lines } = await planned(`base_url: http://${host}\nauth: {bearer: x}\nstreams: {s: /s}`)
      expect(lines).to.deep.equal([])
    }
  })

  it('are none of an API without them: no warning of http', async () => {
    const { plan, lines } = await planned(
      'base_url: http://api.example.com\nstreams: {s: {path: /, params: {lat: 42.360}}}',
    )
    expect(plan.connection.secrets).to.deep.equal([])
    expect(lines).to.deep.equal([])
  })
})
