import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { State } from '../../singer/index.js'
import { bookmark, column, describeOnServers, type Synced, sync, type Wire } from './syncing.js'

// 20 MB: more than sockets hold, so the server is still sending when its connection is killed.
const rowCount = 2_000

describeOnServers('tap-mysql faults', (db) => {
  before(async () => {
    for (const table of ['keyed PRIMARY KEY', 'keyless']) {
      const [name, key = ''] = table.split(/ (.*)/)
      await db().run(`CREATE TABLE ${name} (id int ${key}, at datetime, pad text)`)
      const values = Array.from(
        { length: rowCount },
        (_, i) => `(${i},'2024-01-01' + INTERVAL ${i >> 3} SECOND,REPEAT('-',10000))`,
      )
      await db().run(`INSERT INTO ${name} VALUES ${values.join()}`)
    }
  })

  const all = Array.from({ length: rowCount }, (_, i) => String(i))
  /** Kills the connection once each of these numbers of records is reached, and there is one. */
  const killAt = (...rows: readonly number[]) => {
    const left = [...rows]
    return async (_: Wire, { records }: Synced) => {
      if (records.length >= (left[0] ?? Number.POSITIVE_INFINITY) && (await db().kill()) > 0) left.shift()
      return undefined
    }
  }

  it('FULL_TABLE goes on behind the last row when the connection is killed', async () => {
    const stream = await db().stream('keyed')
    for (const chunkRows of [300, 200_000]) {
      const run = await sync(db(), [stream], { pace: { chunkRows }, watch: killAt(1, 700, 1500) })
      expect(run.failure).to.equal(undefined)
      expect(column(run.records, 'id')).to.deep.equal(all)
      expect(warnings(run)).to.include('connection lost, connecting again')
      expect(versions(run)).to.have.length(1)
    }
  })

  it('FULL_TABLE without a key starts again under a new version, and says so', async () => {
    const stream = await db().stream('keyless')
    const run = await sync(db(), [stream], { watch: killAt(500) })
    expect(run.failure).to.equal(undefined)
    expect(warnings(run)).to.include('no key to go on by: the table is read again from its beginning')
    const [first, second] = versions(run)
    expect(second).to.be.greaterThan(Number(first))
    const last = run.messages.flatMap((message) =>
      message.type === 'RECORD' && message.version === second ? [message.record] : [],
    )
    expect(column(last, 'id')).to.have.members(all)
    expect(run.messages.filter(({ type }) => type === 'ACTIVATE_VERSION').at(-1)).to.deep.include({ version: second })
  })

  it('FULL_TABLE without a key gives up after some connections, and its bookmark has not moved', async function () {
    this.timeout(60_000)
    const stream = await db().stream('keyless')
    const before: State = { bookmarks: { [stream.id]: { mine: 1 } } }
    const watch = async ({ type }: Wire) => {
      if (type === 'RECORD') await db().kill()
      return undefined
    }
    const run = await sync(db(), [stream], { state: before, watch, pace: { connections: 3 } })
    expect(run.failure).to.be.an('error')
    expect(bookmark(run.state, stream)).to.deep.equal({ mine: 1 })
  })

  for (const config of [{}, { incremental_limit: 300 }]) {
    it(`INCREMENTAL sends every row once when the connection is killed (${JSON.stringify(config)})`, async () => {
      const stream = await db().stream('keyed', { replicationKey: 'at' })
      const run = await sync(db(), [stream], { config, watch: killAt(1, 700, 1500) })
      expect(run.failure).to.equal(undefined)
      expect(column(run.records, 'id')).to.deep.equal(all)
      expect(warnings(run)).to.include('connection lost, connecting again')
      expect((await sync(db(), [stream], { state: run.state })).records).to.deep.equal([])
    })
  }

  it('INCREMENTAL without a key, too', async () => {
    const stream = await db().stream('keyless', { replicationKey: 'at' })
    const run = await sync(db(), [stream], { watch: killAt(1, 700, 1500) })
    expect(run.failure).to.equal(undefined)
    expect(column(run.records, 'id').toSorted(byNumber)).to.deep.equal(all)
  })

  it('a reader that stalls for longer than net_write_timeout loses nothing', async function () {
    this.timeout(60_000)
    const stream = await db().stream('keyed')
    let stalls = 1
    const run = await sync(db(), [stream], {
      config: { session_sqls: ['SET SESSION net_write_timeout=1'] },
      async watch({ type }) {
        if (type === 'RECORD' && stalls-- > 0) await sleep(3_000)
        return undefined
      },
    })
    expect(run.failure).to.equal(undefined)
    expect(column(run.records, 'id')).to.deep.equal(all)
    expect(warnings(run)).to.include('connection lost, connecting again')
  })

  for (const more of [{}, { replicationKey: 'at' }]) {
    it(`an aborted run ends with the state of what it sent (${JSON.stringify(more)})`, async () => {
      const stream = await db().stream('keyed', more)
      const abort = new AbortController()
      const first = await sync(db(), [stream], {
        abort,
        watch(_, { records }) {
          if (records.length === 700) abort.abort()
          return undefined
        },
      })
      expect(first.failure).to.equal(undefined)
      expect(first.records.length).to.be.within(700, rowCount - 1)
      expect(first.messages.at(-1)?.type).to.equal('STATE')
      const second = await sync(db(), [stream], { state: first.state })
      expect(column([...first.records, ...second.records], 'id')).to.deep.equal(all)
      expect(versions(second)).to.deep.equal(versions(first))
    })
  }

  it('one failing stream does not stop the others', async () => {
    await db().run('CREATE TABLE gone (id int PRIMARY KEY)')
    await db().run('CREATE TABLE small (id int PRIMARY KEY); INSERT INTO small VALUES (1)')
    const streams = [await db().stream('gone'), await db().stream('small')]
    await db().run('DROP TABLE gone')
    const run = await sync(db(), streams)
    expect(column(run.records, 'id')).to.deep.equal(['1'])
    expect(run.failure).to.be.an('error')
    expect(run.state?.bookmarks).to.have.all.keys(streams[1]?.id ?? '')
  })
})

function warnings({ log }: Synced): string[] {
  return log.flatMap(({ level, message }) => (level === 'warning' ? [message] : []))
}

function versions({ messages }: Synced): unknown[] {
  return [...new Set(messages.flatMap((message) => ('version' in message ? [message.version] : [])))]
}

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b)
}
