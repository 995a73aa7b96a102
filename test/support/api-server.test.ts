import { expect } from 'chai'
import { type Api, type ApiOptions, errorIn200, startApi, status, tooMany } from './api-server.js'

describe('fake API', () => {
  let api: Api
  const started = async (options?: ApiOptions) => {
    api = await startApi(options)
    return api
  }
  afterEach(() => api.close())

  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${api.url}${path}`, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  it('links its pages', async () => {
    await started({ records: 4 })
    const first = await get('/link?since=2024')
    expect(JSON.parse(first.text)).to.have.length(3)
    expect(first.headers.get('link')).to.contain(`<${api.url}/link?since=2024&page=2>; rel="next"`)
    expect((await get('/link?page=2')).headers.get('link')).not.to.contain('rel="next"')
  })

  it('gives the first pages their own sizes', async () => {
    await started({ records: 5, pageSize: [2, 0, 3] })
    const pages = await Promise.all([1, 2, 3, 4].map((page) => get(`/page-bare?page=${page}`)))
    expect(pages.map(({ text }) => JSON.parse(text).length)).to.deep.equal([2, 0, 3, 0])
  })

  it('fails by plan: each rule counts the requests that no rule before it took', async () => {
    await started({
      faults: [
        { path: '/all', times: 1, fault: tooMany(2) },
        { path: '/all', times: 1, fault: status(500) },
        { after: 1, times: 1, fault: errorIn200 },
      ],
    })
    const seen = [await get('/all'), await get('/all'), await get('/page'), await get('/all')]
    expect(seen.map((answer) => answer.status)).to.deep.equal([429, 500, 200, 200])
    expect(seen[0]?.headers.get('retry-after')).to.equal('2')
    expect(seen[3]?.text).to.contain('"ok":false')
  })

  it('breaks off in the middle of a body', async () => {
    await started({ faults: [{ fault: 'reset' }] })
    const failure = await get('/all').catch((problem: unknown) => problem)
    expect(failure).to.be.instanceOf(Error)
  })

  it('takes each refresh token once, and only the last access token', async () => {
    await started({ tokens: { rotates: true } })
    const refresh = (token: string) =>
      get('/token', {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
      })
    expect((await refresh('refresh-0')).text).to.contain('"refresh_token":"refresh-1"')
    expect((await refresh('refresh-0')).status).to.equal(400)
    const all = (token: string) => get('/all', { headers: { authorization: `Bearer ${token}` } })
    expect([(await all('access-1')).status, (await all('other')).status]).to.deep.equal([200, 401])
  })
})
