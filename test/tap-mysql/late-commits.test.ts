import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { Connection } from 'mysql2/promise'
import type { State } from '../../singer/index.js'
import { column, type Database, describeOnServers, sync } from './syncing.js'

const lookback = { lookback: 5 }

describeOnServers('tap-mysql late commits', (db) => {
  const opened: Connection[] = []

  async function writer(): Promise<Connection> {
    const connection = await connectTo(db())
    opened.push(connection)
    return connection
  }

  after(() => {
    for (const connection of opened) connection.destroy()
  })

  it('a row that is committed after a later one is found with a lookback, and only then', async () => {
    await db().run('CREATE TABLE late (id int PRIMARY KEY, at datetime(6), KEY (at))')
    const stream = await db().stream('late', { replicationKey: 'at' })
    const slow = await writer()
    await slow.query('BEGIN')
    await slow.query('INSERT INTO late VALUES (1, NOW(6))')
    await db().run('INSERT INTO late VALUES (2, NOW(6))')
    const first = await sync(db(), [stream], { config: lookback })
    expect(column(first.records, 'id')).to.deep.equal(['2'])
    await slow.query('COMMIT')
    expect((await sync(db(), [stream], { state: first.state })).records).to.deep.equal([])
    const second = await sync(db(), [stream], { state: first.state, config: lookback })
    expect(column(second.records, 'id')).to.deep.equal(['1'])
  })

  it('misses no row of four writers, and sends none twice', async () => {
    await db().run('CREATE TABLE busy (id int AUTO_INCREMENT PRIMARY KEY, at datetime, n int, KEY (at))')
    const stream = await db().stream('busy', { replicationKey: 'at' })
    const until = Date.now() + 3_000
    const writers = Promise.all(Array.from({ length: 4 }, async (_, i) => writeUntil(until, await writer(), i)))
    const versions: string[] = []
    let state: State | undefined
    const follow = async () => {
      const run = await sync(db(), [stream], { state, config: lookback, pace: { chunkRows: 50 } })
      expect(run.failure).to.equal(undefined)
      versions.push(...run.records.map(({ id, n }) => `${id}:${n}`))
      state = run.state
    }
    while (Date.now() < until) await follow()
    await writers
    await follow()
    const [, rows] = (await db().run('SELECT id, n FROM busy')) as unknown as [unknown, { id: number; n: number }[]]
    expect(rows.length).to.be.greaterThan(50)
    expect(new Set(versions)).to.include.all.keys(...rows.map(({ id, n }) => `${id}:${n}`))
    expect(versions).to.have.length(new Set(versions).size)
  })
})

/** Inserts and updates, each with the time of its statement; every other transaction is committed later. */
async function writeUntil(until: number, connection: Connection, seed: number): Promise<void> {
  for (let n = seed; Date.now() < until; n += 4) {
    await connection.query('BEGIN')
    await connection.query('INSERT INTO busy (at, n) VALUES (NOW(), ?)', [n])
    if (n % 3 === 0) await connection.query('UPDATE busy SET at = NOW(), n = n + 1000000 WHERE id = LAST_INSERT_ID()')
    if (n % 2 === 0) await sleep(n % 40)
    await connection.query('COMMIT')
  }
}

async function connectTo({ server, name }: Database): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise')
  return createConnection({ ...server.config, database: name })
}
