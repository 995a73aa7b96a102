import { expect } from 'chai'
import type { Message, State } from '../../../singer/index.js'
import { bookmarkOf } from '../../../singer/state.js'
import {
  numbered,
  type Reading,
  read,
  recordsOf,
  replicaOf,
  type Scene,
  states,
  stored,
  tokenTime,
  withServer,
} from './following.js'

const often: Pick<Reading, 'settings' | 'pace'> = {
  settings: { batch_size: 2, copy_slice_seconds: 0 },
  pace: { stateRows: 1 },
}

describe('LOG_BASED: checkpoints', () => {
  it('loses nothing when it is killed at any checkpoint', async () => {
    for (let kill = 1, isKilled = true; isKilled; kill++) {
      isKilled = await withServer({}, (scene) => killedAt(kill, scene))
    }
  })

  it('loses nothing when it is killed at the first checkpoint of every run', () =>
    withServer({}, async ({ server, changes }) => {
      server.insert('shop', 'orders', ...numbered(0, 6))
      const sent: Message[] = []
      let state: State = {}
      for (let run = 0; run < 20; run++) {
        const each = ({ type }: Message) => type !== 'STATE' || run === 19
        const { messages, state: reached } = await read(server, { ...often, streams: ['orders'], state, each })
        sent.push(...messages)
        state = reached
        if (run < 15) changes.update('shop', 'orders', { _id: run % 7, v: run })
        if (run < 15) server.remove('shop', 'orders', (run * 5) % 6)
      }
      expect(replicaOf(sent, 'shop-orders')).to.deep.equal(stored(server, 'orders'))
    }))

  it('ends an idle run at once, with a token that has moved on', () =>
    withServer({}, async ({ server, changes }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const { state } = await read(server, { streams: ['orders'] })
      for (let i = 0; i < 5; i++) changes.advance()
      const began = performance.now()
      const next = await read(server, { streams: ['orders'], state, settings: { await_time_ms: 1000 } })
      expect(performance.now() - began).to.be.lessThan(1000)
      expect(recordsOf(next.messages)).to.deep.equal([])
      expect(tokenTime(next.state, 'shop-orders')).to.be.greaterThan(tokenTime(state, 'shop-orders'))
    }))

  it('gives one STATE when nothing has happened in many databases', () =>
    withServer({}, async ({ server, changes }) => {
      const streams = Array.from({ length: 20 }, (_, i) => `db${i}.orders`)
      for (const [i] of streams.entries()) server.insert(`db${i}`, 'orders', { _id: 1, v: 0 })
      const { state } = await read(server, { streams })
      changes.advance()
      const next = await read(server, { streams, state, pace: { idleStateSeconds: 30 } })
      expect(states(next.messages)).to.have.length(1)
      for (const [i] of streams.entries()) {
        expect(tokenTime(next.state, `db${i}-orders`)).to.be.greaterThan(tokenTime(state, `db${i}-orders`))
      }
    }))

  it('ends at the time that it noted at its start, however much is written meanwhile', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const { state } = await read(server, { streams: ['orders'] })
      server.insert('shop', 'orders', ...numbered(3, 6))
      let id = 100
      const next = await read(server, {
        ...often,
        streams: ['orders'],
        state,
        each() {
          server.insert('shop', 'orders', { _id: id++, v: 0 })
          return true
        },
      })
      expect(recordsOf(next.messages).map(({ _id }) => _id)).to.include.members([3, 4, 5])
    }))

  it('keeps the whole token, also what stands beside its text', () =>
    withServer({ changes: { hasTypeBits: true } }, async ({ server }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const { state } = await read(server, { streams: ['orders'] })
      expect(bookmarkOf(state, 'shop-orders').resume_token).to.have.keys('_data', '_typeBits')
      server.insert('shop', 'orders', { _id: 3, v: 0 })
      const { messages } = await read(server, { streams: ['orders'], state: JSON.parse(JSON.stringify(state)) })
      expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([3])
    }))

  it('gives a last STATE and ends quietly when it is aborted', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', ...numbered(0, 10))
      const stop = new AbortController()
      const { messages, problem, state } = await read(server, {
        ...often,
        streams: ['orders'],
        signal: stop.signal,
        each: ({ type }) => void (type === 'RECORD' && stop.abort(new Error('stopped'))),
      })
      expect(problem).to.equal(undefined)
      expect(messages.at(-1)?.type).to.equal('STATE')
      const next = await read(server, { streams: ['orders'], state })
      expect(replicaOf([...messages, ...next.messages], 'shop-orders')).to.deep.equal(stored(server, 'orders'))
    }))

  it('ends after max_run_seconds, and the next run goes on', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', ...numbered(0, 4))
      const settings = { ...often.settings, max_run_seconds: 0.2 }
      const first = await read(server, {
        ...often,
        settings,
        streams: ['orders'],
        each: ({ type }) => void (type === 'RECORD' && waste(150)),
      })
      expect(first.problem).to.equal(undefined)
      expect(bookmarkOf(first.state, 'shop-orders')).to.include.keys('last_pk_fetched', 'resume_token')
      const next = await read(server, { streams: ['orders'], state: first.state })
      expect(replicaOf([...first.messages, ...next.messages], 'shop-orders')).to.deep.equal(stored(server, 'orders'))
    }))
})

/** Two runs, the first one killed at this STATE while the collections change. False: it had fewer. */
async function killedAt(kill: number, { server, changes }: Scene): Promise<boolean> {
  server.insert('shop', 'orders', ...numbered(0, 4))
  server.insert('shop', 'notes', ...numbered(0, 2))
  let count = 0
  const each = ({ type }: Message) => {
    if (type !== 'STATE') return true
    count++
    if (count > 6) return count < kill
    changes.update('shop', 'orders', { _id: count % 7, v: count })
    server.replace('shop', 'notes', { _id: count % 3, v: count })
    server.remove('shop', 'orders', (count * 5) % 6)
    return count < kill
  }
  const streams = ['orders', 'notes']
  const first = await read(server, { ...often, streams, each })
  const second = await read(server, { streams, state: first.state })
  for (const name of streams) {
    const sent = replicaOf([...first.messages, ...second.messages], `shop-${name}`)
    expect(sent, `${name}, killed at STATE ${kill}`).to.deep.equal(stored(server, name))
  }
  return count >= kill
}

function waste(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
