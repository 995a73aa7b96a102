import { expect } from 'chai'
import { openAuth } from '../../tap-rest/auth/auth.js'
import type { HttpRequest } from '../../tap-rest/http/http.js'
import type { AwsPlan } from '../../tap-rest/settings/plan.js'
import { authParts, failure, get } from './authorizing.js'

const plan: AwsPlan = {
  kind: 'aws',
  service: 'service',
  region: 'us-east-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const host = 'https://example.amazonaws.com'
const post: HttpRequest = { ...get(`${host}/`), method: 'POST' }
const form = 'application/x-www-form-urlencoded'
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='

interface Vector {
  /** As AWS's own test suite calls it. */
  readonly name: string
  readonly request: HttpRequest
  readonly more?: Partial<AwsPlan>
  readonly headers?: string
  readonly signature: string
}

// biome-ignore format: one vector a line
const vectors: readonly Vector[] = [
  { name: 'get-vanilla', request: get(host), signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
  { name: 'get-vanilla-query-order-key-case', request: get(`${host}/?Param2=value2&Param1=value1`), signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500' },
  { name: 'get-vanilla-query-unreserved', request: get(`${host}/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`), signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197' },
  { name: 'get-vanilla-utf8-query', request: get(`${host}/?ሴ=bar`), signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04' },
  { name: 'post-vanilla', request: post, signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' },
  { name: 'post-x-www-form-urlencoded', request: { ...post, body: { type: 'form', value: { Param1: 'value1' } } }, headers: 'content-type;host;x-amz-date', signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a' },
  { name: 'post-sts-header-before', request: post, more: { sessionToken }, headers: 'host;x-amz-date;x-amz-security-token', signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead' },
  { name: 'IAM ListUsers of the documentation', request: get('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08', { 'content-type': `${form}; charset=utf-8` }), more: { service: 'iam' }, headers: 'content-type;host;x-amz-date', signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7' },
]

describe('tap-rest auth aws', () => {
  const clock = () => Date.UTC(2015, 7, 30, 12, 36)
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
  const before = names.map((name) => process.env[name])
  beforeEach(() => names.map((name) => delete process.env[name]))
  after(() => {
    for (const [i, name] of names.entries()) if (before[i] !== undefined) process.env[name] = before[i]
  })
  const authorized = async (request: HttpRequest, more: Partial<AwsPlan> = {}) =>
    (await openAuth({ ...plan, ...more }, authParts({ clock })).authorize(request)).request

  for (const { name, request, more, headers = 'host;x-amz-date', signature } of vectors) {
    it(`signs as AWS publishes it: ${name}`, async () => {
      const signed = await authorized(request, more)
      const scope = `20150830/us-east-1/${more?.service ?? 'service'}/aws4_request`
      expect(signed.headers.authorization).to.equal(
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${headers}, Signature=${signature}`,
      )
      expect(signed.headers).to.include({ ...request.headers, 'x-amz-date': '20150830T123600Z' })
      expect(signed.body).to.deep.equal(request.body)
    })
  }

  it('a space of the query is signed and sent as %20, however it was written', async () => {
    const spaces = await Promise.all([`${host}/?q=a+b`, `${host}/?q=a%20b`].map((url) => authorized(get(url))))
    expect(new Set(spaces.map(({ url }) => url.href))).to.deep.equal(new Set([`${host}/?q=a%20b`]))
    expect(new Set(spaces.map(({ headers }) => headers.authorization)).size).to.equal(1)
  })

  it('headers that may change on the way are not signed, but sent', async () => {
    const { headers } = await authorized(get(host, { 'user-agent': 'x', accept: 'y', 'x-amz-target': 'Z' }))
    expect(headers.authorization).to.include('SignedHeaders=host;x-amz-date;x-amz-target,').and.to.not.include('accept')
    expect(headers).to.include({ 'user-agent': 'x', accept: 'y' })
  })

  it('the body counts, by the digits that it is sent with', async () => {
    const bodies = ['1.1', '1.2', '[1.1]'].map((value) => ({ ...post, body: { type: 'raw' as const, value } }))
    const signed = await Promise.all(bodies.map((request) => authorized(request, { service: 's3' })))
    expect(new Set(signed.map(({ headers }) => headers['x-amz-content-sha256'])).size).to.equal(3)
    expect(new Set(signed.map(({ headers }) => headers.authorization)).size).to.equal(3)
  })

  const inEnvironment = {
    AWS_ACCESS_KEY_ID: 'AKIDENV',
    AWS_SECRET_ACCESS_KEY: 'env-secret',
    AWS_SESSION_TOKEN: 'env-session',
  }

  it('keys come from the environment when there are none in the settings, and no line holds them', async () => {
    Object.assign(process.env, inEnvironment)
    const parts = authParts({ clock })
    const { request } = await openAuth({ kind: 'aws', service: 's', region: 'r' }, parts).authorize(get(host))
    expect(request.headers.authorization).to.include('Credential=AKIDENV/')
    expect(request.headers['x-amz-security-token']).to.equal('env-session')
    parts.log.info('env-secret env-session')
    expect(parts.log.lines).to.deep.equal(['INFO *** ***'])
  })

  it('a session token of the environment is not mixed with keys of the settings', async () => {
    Object.assign(process.env, inEnvironment)
    expect((await authorized(get(host))).headers).to.not.have.property('x-amz-security-token')
  })

  for (const keys of [{}, { accessKeyId: 'AKID' }, { secretAccessKey: 's' }]) {
    it(`half a pair of keys is none: ${JSON.stringify(keys)}`, async () => {
      const opened = async () => openAuth({ kind: 'aws', service: 's', region: 'r', ...keys }, authParts())
      expect(await failure(opened())).to.match(/^ConfigError: auth.aws: set access_key_id and secret_access_key, or /)
    })
  }
})
