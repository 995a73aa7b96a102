import { expect } from 'chai'
import { get, type Respond, send, serve, type TestServer } from './sending.js'

describe('tap-rest client', () => {
  let server: TestServer
  let respond: Respond
  before(async () => {
    server = await serve((...request) => respond(...request))
  })
  after(() => server.close())

  it('gives the answer: status, headers, URL, body', async () => {
    respond = (_, response) => response.setHeader('x-a', ['1', '2']).end('[1]')
    const { answer, failure } = await send(get(`${server.url}/a?b=1`))
    expect(failure).to.equal(undefined)
    expect(answer?.outcome).to.equal('ok')
    expect(answer?.response.status).to.equal(200)
    expect(answer?.response.headers['x-a']).to.equal('1, 2')
    expect(answer?.response.url.href).to.equal(`${server.url}/a?b=1`)
    expect(answer?.response.body.toString()).to.equal('[1]')
  })
})
