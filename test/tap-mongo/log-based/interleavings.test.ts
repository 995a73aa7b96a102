import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Message, State } from '../../../singer/index.js'
import { numbered, read, replicaOf, type Scene, stored, withServer } from './following.js'

/** What happens to a collection at the nth message of a run. */
interface Step {
  readonly at: number
  readonly what: 'insert' | 'replace' | 'update' | 'remove' | 'advance'
  readonly id: number
}

const step: fc.Arbitrary<Step> = fc.record({
  at: fc.nat(40),
  what: fc.constantFrom('insert', 'replace', 'update', 'remove', 'advance'),
  id: fc.nat(14),
})

const script = fc.record({
  steps: fc.array(step, { maxLength: 30 }),
  /** Of the runs before the last one: the message at which each is killed. */
  kills: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
  batch_size: fc.integer({ min: 1, max: 4 }),
  copy_slice_seconds: fc.constantFrom(0, 0, 300),
})

describe('LOG_BASED: copies and changes in any order', () => {
  it('the last record of each document is what the collection holds', async () => {
    await fc.assert(
      fc.asyncProperty(script, (given) => withServer({}, (scene) => expectReplica(scene, given))),
      { numRuns: 30 },
    )
  })
})

type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never

async function expectReplica(scene: Scene, { steps, kills, batch_size, copy_slice_seconds }: Script): Promise<void> {
  const { server } = scene
  server.insert('shop', 'orders', ...numbered(0, 10))
  const sent: Message[] = []
  let state: State = {}
  let count = 0
  for (const kill of [...kills, undefined]) {
    const end = kill === undefined ? Number.POSITIVE_INFINITY : count + kill
    const { messages, state: reached } = await read(server, {
      streams: ['orders'],
      state,
      settings: { batch_size, copy_slice_seconds, await_time_ms: 5 },
      pace: { stateRows: 1 },
      async each() {
        // Long enough for what is read ahead to be there before the change.
        await sleep(1)
        for (const { at, what, id } of steps) if (at === count) change(scene, what, id, count)
        count++
        return count < end
      },
    })
    sent.push(...messages)
    state = reached
  }
  const { messages } = await read(server, { streams: ['orders'], state, settings: { await_time_ms: 5 } })
  expect(replicaOf([...sent, ...messages], 'shop-orders')).to.deep.equal(stored(server, 'orders'))
}

function change({ server, changes }: Scene, what: Step['what'], id: number, v: number): void {
  switch (what) {
    case 'insert':
    case 'replace':
      server.replace('shop', 'orders', { _id: id, v })
      return
    case 'update':
      changes.update('shop', 'orders', { _id: id, v })
      return
    case 'remove':
      server.remove('shop', 'orders', id)
      return
    case 'advance':
      changes.advance()
      return
    default:
      what satisfies never
  }
}
