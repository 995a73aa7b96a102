import { ObjectId, Timestamp } from 'bson'
import { expect } from 'chai'
import type { JsonObject } from '../../singer/index.js'
import { ids, run, stored } from './incremental-runs.js'
import { oneCollection, pairs } from './one-collection.js'

describe('tap-mongo incremental: start_date and end_date', () => {
  const db = oneCollection()

  const days = [1, 2, 3, 4].map((day) => new Date(Date.UTC(2024, 0, day)))
  const window = { start_date: '2024-01-02', end_date: '2024-01-04T00:00:00Z' }
  const seconds = days.map((day) => day.getTime() / 1000)
  // biome-ignore format: one fact a line
  const kinds: readonly (readonly [title: string, keys: readonly unknown[]])[] = [
      ['dates', days],
      ['timestamps', seconds.map((t) => new Timestamp({ t, i: 0 }))],
      ['ObjectIds', seconds.map((t) => ObjectId.createFromTime(t))],
    ]
  for (const [title, keys] of kinds) {
    it(`${title}: read what is not before the one and before the other`, async () => {
      const stream = db.made([{ _id: 9 }, ...pairs(...keys)])
      const first = await run(db.server, stream, { settings: window })
      expect(ids(first)).to.deep.equal(['1', '2'])
      expect(ids(await run(db.server, stream, { settings: window, state: first.state }))).to.deep.equal([])
      const next = { ...window, end_date: '2024-01-05' }
      expect(ids(await run(db.server, stream, { settings: next, state: first.state }))).to.deep.equal(['3'])
    })
  }

  it('reads day after day without a gap, the bookmark never behind its day', async () => {
    const hours = Array.from({ length: 72 }, (_, n) => new Date(Date.UTC(2024, 0, 1) + n * 3_600_000))
    const stream = db.made(pairs(...hours))
    let state: JsonObject | undefined
    const sent: string[] = []
    for (const day of [1, 2, 3]) {
      const settings = {
        start_date: `2024-01-0${day}`,
        end_date: `2024-01-0${day + 1}T00:00:00+00:00`,
        batch_size: 5,
      }
      const one = await run(db.server, stream, { settings, state })
      expect(one.records).to.have.length(24)
      sent.push(...ids(one))
      state = one.state
    }
    expect(sent).to.deep.equal(hours.map((_, n) => String(n)))
  })

  it('are those of the stream over those of all', async () => {
    const stream = db.made(pairs(...days))
    const settings = { ...window, streams: { [stream.id]: { start_date: '2024-01-03' } } }
    expect(ids(await run(db.server, stream, { settings }))).to.deep.equal(['2'])
  })

  it('read everything up to end_date, also documents without a value, where there is no start_date', async () => {
    const stream = db.made([{ _id: 9 }, ...pairs(...days)])
    const { end_date } = window
    expect(ids(await run(db.server, stream, { settings: { end_date } }))).to.deep.equal(['9', '0', '1', '2'])
  })

  it('say which documents they leave out', async () => {
    const stream = db.made([{ _id: 9, k: '2024-01-03' }, ...pairs(...days)])
    const { log } = await run(db.server, stream, { settings: window })
    expect(log).to.include('start_date leaves out documents')
  })

  it('begin at the bookmark where it is later', async () => {
    const stream = db.made(pairs(...days))
    const value = (day: string) => stored(stream, { replication_key: 'k', replication_key_value: { $date: day } })
    const settings = { start_date: '2024-01-02' }
    expect(ids(await run(db.server, stream, { settings, state: value('2024-01-03T00:00:00Z') }))).to.deep.equal([
      '2',
      '3',
    ])
    expect(ids(await run(db.server, stream, { settings, state: value('2023-01-03T00:00:00Z') }))).to.deep.equal([
      '1',
      '2',
      '3',
    ])
  })

  it('have no meaning for numbers, which it says', async () => {
    const stream = db.made([...pairs(1, 2), { _id: 9 }])
    const first = await run(db.server, stream, { settings: window })
    expect(ids(first)).to.deep.equal(['9', '0', '1'])
    expect(first.log).to.include('dates in the settings have no meaning')
  })
})
