import { expect } from 'chai'
import { type Api, jsonAnswer, startApi } from '../support/api-server.js'
import { run } from './running.js'

const streams = { good: '/good', gone: '/gone', parent: '/gone', also: '/also' }
const children = { child: { path: '/children/{parent.id}', parent: 'gone' } }

describe('tap-rest without a catalog, where a stream cannot be looked at', () => {
  let api: Api
  const settings = (more: object = {}) => ({ base_url: api.url, streams: { ...streams, ...more } })
  before(async () => {
    api = await startApi({
      endpoints: {
        '/good': () => jsonAnswer('[{"id":1},{"id":2}]'),
        '/also': () => jsonAnswer('[{"id":3}]'),
        '/gone': () => ({ status: 404, body: '{}' }),
      },
    })
  })
  after(() => api.close())

  it('reads the others, names each that failed, and ends with 1', async () => {
    const { code, ids, states, stderr } = await run(settings())
    expect(code).to.equal(1)
    expect(Object.fromEntries(ids)).to.deep.equal({ good: ['1', '2'], also: ['3'] })
    expect(states.at(-1)?.currently_syncing).to.equal(null)
    const criticals = stderr.split('\n').filter((line) => line.startsWith('CRITICAL'))
    expect(criticals).to.have.length(3)
    expect(criticals[0]).to.match(/^CRITICAL stream failed: gone: .* answered 404.* stream=gone$/)
    expect(criticals[1]).to.match(/stream=parent$/)
    expect(criticals[2]).to.equal('CRITICAL failed before they began: gone, parent')
  })

  it('says no more than that of a child of such a stream', async () => {
    const { code, ids, stderr } = await run(settings(children), { args: ['--select', 'child', '--select', 'good'] })
    expect(code).to.equal(1)
    expect([...ids.keys()]).to.deep.equal(['good'])
    expect(stderr).to.match(/CRITICAL failed before they began: child\n$/)
    expect(stderr).to.not.match(/matches no stream/)
  })

  it('shows the others with --test', async () => {
    const { code, ids } = await run(settings(), { args: ['--test'] })
    expect(code).to.equal(1)
    expect(Object.fromEntries(ids)).to.deep.equal({ good: ['1'], also: ['3'] })
  })

  it('leaves alone what is not selected', async () => {
    const { code, stderr } = await run(settings(), {
      args: ['--select', '*', '--select', '!gone', '--select', '!parent'],
    })
    expect(code, stderr).to.equal(0)
  })

  it('reads nothing where it is the fault of the settings', async () => {
    const wrong = { wrong: { path: '/good', records: 'data[*' } }
    const { code, stdout, stderr } = await run(settings(wrong))
    expect(code).to.equal(2)
    expect(stdout.toString()).to.equal('')
    expect(stderr).to.match(/CRITICAL stream wrong: `records: data\[\*` is neither a path nor JSONPath/)
  })

  it('prints no half catalog with --discover', async () => {
    const { code, stdout, stderr } = await run(settings(), { args: ['--discover'] })
    expect(code).to.equal(1)
    expect(stdout.toString()).to.equal('')
    expect(stderr).to.match(/CRITICAL gone: .* answered 404/)
  })
})
