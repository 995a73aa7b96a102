import { expect } from 'chai'
import { type Api, type ApiOptions, startApi } from '../support/api-server.js'
import { streamPlan } from './syncing.js'
import { syncs } from './syncing-api.js'

describe('tap-rest sync', () => {
  let api: Api
  const started = async (options?: ApiOptions) => {
    api = await startApi(options)
    return api
  }
  afterEach(() => api.close())

  it('sends SCHEMA, all records of all pages, and the version that replaces what was there', async () => {
    await started()
    const plan = streamPlan({ url: `${api.url}/next`, more: { paginate: { ...streamPlan().paginate, kind: 'auto' } } })
    const { messages, ids, failure } = await syncs(api, [plan])
    expect(failure).to.equal(undefined)
    expect(messages.map(({ type }) => type).join(' ')).to.equal(
      `SCHEMA ACTIVATE_VERSION SCHEMA ${'RECORD '.repeat(10)}ACTIVATE_VERSION STATE`,
    )
    expect(ids).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})
