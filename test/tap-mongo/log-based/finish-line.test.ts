import { setTimeout as sleep } from 'node:timers/promises'
import { Timestamp } from 'bson'
import { expect } from 'chai'
import type { ChangeBatch, ChangeEvent } from '../../../tap-mongo/change-stream/change-stream.js'
import type { Config } from '../../../tap-mongo/config.js'
import { finishLine } from '../../../tap-mongo/log-based/finish-line.js'
import type { Group } from '../../../tap-mongo/log-based/groups.js'

const at = (t: number, i = 1) => new Timestamp({ t, i })
const change = {} as ChangeEvent

const rows: readonly { title: string; batch: Partial<ChangeBatch>; idle?: number; isReached: boolean }[] = [
  { title: 'its time is the one of the start', batch: { time: at(100, 5) }, isReached: true },
  { title: 'its time is behind the start', batch: { time: at(101, 0), events: [change] }, isReached: true },
  { title: 'its time is before the start', batch: { time: at(100, 4) }, isReached: false },
  { title: 'no time is known and nothing came', batch: { time: undefined }, isReached: true },
  { title: 'no time is known and something came', batch: { time: undefined, events: [change] }, isReached: false },
  { title: 'no time is known and idle_seconds are not over', batch: { time: undefined }, idle: 60, isReached: false },
  { title: 'another collection is there', batch: { time: at(200), collections: ['notes'] }, isReached: false },
]

describe('LOG_BASED: where a run ends', () => {
  for (const { title, batch, idle, isReached } of rows) {
    it(`${title}: ${isReached ? 'it ends' : 'it goes on'}`, () => {
      const line = lineOf(idle)
      line.note({ events: [], collections: ['orders'], token: undefined, time: undefined, ...batch })
      expect(line.isReached()).to.equal(isReached)
    })
  }

  it('idle_seconds begin anew with each change', async () => {
    const line = lineOf(0.2)
    const note = (events: readonly ChangeEvent[]) =>
      line.note({ events, collections: ['orders'], token: undefined, time: at(1) })
    await sleep(120)
    note([change])
    await sleep(120)
    note([])
    expect(line.isReached()).to.equal(false)
    await sleep(120)
    expect(line.isReached()).to.equal(true)
  })
})

function lineOf(idle_seconds: number | undefined) {
  const group = [{ isStopped: false, source: { collection: { name: 'orders' } } }] as unknown as Group
  return finishLine(group, at(100, 5), { idle_seconds } as Config)
}
