import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { parseExpression } from '../../tap-rest/settings/expression.js'
import { type Api, type ApiOptions, errorIn200, noContent, startApi, status } from '../support/api-server.js'
import { allIds, readSequence } from './paging.js'

const cursor = { kind: 'cursor', from: { body: ['next_cursor'] }, to: { param: 'cursor' } } as const
const page = { kind: 'page', to: { param: 'page' }, start: 1 } as const
const rule = (when: string, then: 'ignore' | 'stop' | 'reset_pagination') => ({
  policy: { errors: [{ when: parseExpression(when), then }] },
})

describe('tap-rest pages', () => {
  let api: Api
  const started = async (options?: ApiOptions) => {
    api = await startApi(options)
    return api
  }
  afterEach(() => api.close())

  it('asks for the next page while one is in use, and not for a second', async () => {
    await started()
    const asked: number[] = []
    await readSequence(api, '/cursor', {
      paginate: cursor,
      async use() {
        await sleep(50)
        asked.push(api.calls.length)
        return undefined
      },
    })
    expect(asked).to.deep.equal([2, 3, 4, 4])
  })

  it('asks for nothing ahead when its user may stop', async () => {
    await started()
    const { ids } = await readSequence(api, '/cursor', { paginate: cursor, isAhead: false, use: () => false })
    await sleep(20)
    expect(ids).to.have.length(3)
    expect(api.calls).to.have.length(1)
  })

  it('ends the request under way when its user stops', async () => {
    await started({ faults: [{ after: 1, fault: { headersAfterMs: Number.POSITIVE_INFINITY } }] })
    await readSequence(api, '/cursor', {
      paginate: cursor,
      connection: { timeoutMs: { connect: 60_000, headers: 60_000, bodyIdle: 60_000 } },
      async use() {
        while (api.underWay === 0) await sleep(5)
        return false
      },
      async ended() {
        while (api.underWay > 0) await sleep(5)
      },
    })
    expect(api.calls).to.have.length(2)
  })

  it('fails behind the pages that came before, and at no other place', async () => {
    await started({ faults: [{ after: 2, fault: status(418) }] })
    const strays: unknown[] = []
    const stray = (reason: unknown) => strays.push(reason)
    process.on('unhandledRejection', stray)
    const { ids, failure } = await readSequence(api, '/cursor', { paginate: cursor, use: () => sleep(30, undefined) })
    process.off('unhandledRejection', stray)
    expect(ids).to.have.length(6)
    expect(failure?.message).to.contain('418')
    expect(strays).to.deep.equal([])
  })

  it('repeats a page that broke off, and gives it once', async () => {
    await started({ faults: [{ after: 1, times: 2, fault: 'reset' }] })
    const { ids, failure } = await readSequence(api, '/cursor', { paginate: cursor })
    expect([failure, ids]).to.deep.equal([undefined, allIds(api)])
  })

  it('takes 204 for a page without records', async () => {
    await started({ faults: [{ after: 3, fault: noContent }] })
    const { ids, failure } = await readSequence(api, '/page-bare', { paginate: page })
    expect([failure?.message, ids]).to.deep.equal([undefined, allIds(api).slice(0, 9)])
  })

  it('ends where a rule says stop', async () => {
    await started({ faults: [{ after: 2, fault: status(422) }] })
    const { ids, failure } = await readSequence(api, '/cursor', { paginate: cursor, ...rule('status == 422', 'stop') })
    expect([failure, ids.length]).to.deep.equal([undefined, 6])
  })

  it('takes what a rule ignores for an empty page', async () => {
    await started({ faults: [{ after: 1, times: 1, fault: status(404) }] })
    const options = { paginate: page, ...rule('status == 404', 'ignore') }
    const { ids, failure } = await readSequence(api, '/page-bare', options)
    expect([failure, ids.length, api.calls.length]).to.deep.equal([undefined, 3, 2])
  })

  it('begins again where a rule says so', async () => {
    await started({ faults: [{ after: 2, times: 1, fault: errorIn200 }] })
    const options = { paginate: cursor, ...rule('body.ok == false', 'reset_pagination') }
    const { ids, failure } = await readSequence(api, '/cursor', options)
    expect([failure, ids]).to.deep.equal([undefined, [...allIds(api).slice(0, 6), ...allIds(api)]])
  })

  it('does not begin again for ever', async () => {
    await started({ faults: [{ after: 1, fault: errorIn200 }] })
    const options = { paginate: cursor, ...rule('body.ok == false', 'reset_pagination') }
    const { failure } = await readSequence(api, '/cursor', options)
    expect(failure?.message).to.equal('issues: paging began again 5 times and never came to its end')
    expect(api.calls.length).to.be.below(15)
  })
})
