import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { parse } from 'yaml'
import { type Endpoint, numberIn, urlWith } from '../../support/api-call.js'
import { type Api, jsonAnswer, startApi, tooMany } from '../../support/api-server.js'
import { type Documented, discover, guarded, sync } from '../documented.js'
import { example } from './example.js'

const secret = 'graph~secret+with/odd=letters'
const tenant = '00000000-0000-0000-0000-000000000000'
const tokenPath = `/${tenant}/oauth2/v2.0/token`

describe('the example microsoft-graph', () => {
  const users = Array.from({ length: 1000 }, (_, i) => ({
    id: `user-${i}`,
    displayName: `User ${i}`,
    userPrincipalName: `user${i}@example.com`,
    createdDateTime: '2024-01-01T00:00:00Z',
  }))
  let api: Api
  let login: Api
  before(async () => {
    login = await startApi({ endpoints: { [tokenPath]: token } })
    api = await startApi({
      endpoints: guarded({ authorization: 'Bearer graph-access' }, { '/v1.0/users': listed(users) }),
      faults: [{ path: '/v1.0/users', after: 1, times: 1, fault: tooMany(1) }],
    })
  })
  after(() => Promise.all([api.close(), login.close()]))

  it('gets a token elsewhere and follows @odata.nextLink', async () => {
    const settings = example('microsoft-graph')
    // `auth` of a later file takes the place of the whole one before.
    const { oauth2 } = parse(await readFile(settings, 'utf8')).auth
    const auth = { oauth2: { ...oauth2, token_url: `${login.url}/{config.tenant}/oauth2/v2.0/token` } }
    const documented: Documented = {
      settings,
      api,
      override: { base_url: `${api.url}/v1.0`, auth },
      env: { GRAPH_CLIENT_SECRET: secret },
    }
    const catalog = await discover(documented)
    expect(login.calls).to.have.length(1)
    const first = await sync(documented, { catalog })
    expect(first.records).to.deep.equal({ users })
    const select = 'id,displayName,userPrincipalName,createdDateTime'
    const pages = [
      `GET /v1.0/users?$top=999&$select=${select}`,
      `GET /v1.0/users?$top=999&$select=${select}&$skiptoken=1`,
    ]
    expect(first.requests).to.deep.equal(pages)

    const second = await sync(documented, { catalog, state: first.state })
    expect(second.records).to.deep.equal({ users })
    expect(second.requests).to.deep.equal(pages)
    expect(login.calls).to.have.length(3)
  })
})

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
const token: Endpoint = ({ method, body }) => {
  const wanted = {
    grant_type: 'client_credentials',
    client_id: '00000000-0000-0000-0000-000000000001',
    client_secret: secret,
    scope: 'https://graph.microsoft.com/.default',
  }
  const given = Object.fromEntries(new URLSearchParams(body))
  const isRight = method === 'POST' && Object.entries(wanted).every(([name, value]) => given[name] === value)
  if (!isRight) return { ...jsonAnswer('{"error":"invalid_client"}'), status: 401 }
  return jsonAnswer('{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"graph-access"}')
}

function listed(users: readonly object[]): Endpoint {
  return (call) => {
    const size = Math.min(numberIn(call, '$top', 100), 999)
    const index = numberIn(call, '$skiptoken', 0)
    const isLast = (index + 1) * size >= users.length
    return jsonAnswer(
      JSON.stringify({
        '@odata.context': `${call.url.origin}/v1.0/$metadata#users`,
        ...(!isLast && { '@odata.nextLink': urlWith(call, { $skiptoken: index + 1 }).href }),
        value: users.slice(index * size, (index + 1) * size),
      }),
    )
  }
}
