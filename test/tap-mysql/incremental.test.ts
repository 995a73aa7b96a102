import { expect } from 'chai'
import type { JsonObject, State, Stream } from '../../singer/index.js'
import { problemsOf } from '../../singer/validate.js'
import { boundaryRows } from '../../tap-mysql/boundary.js'
import { settings } from '../../tap-mysql/config.js'
import { bookmark, column, describeOnServers, type Synced, type SyncOptions, sync } from './syncing.js'

describeOnServers('tap-mysql incremental', (db) => {
  let tables = 0

  /** A new table `T` and its stream by this replication key. */
  async function made(key: string, ...statements: readonly string[]): Promise<{ table: string; stream: Stream }> {
    tables += 1
    const table = `i${tables}`
    for (const sql of statements) await db().run(sql.replace(/\bT\b/g, table))
    const stream = await db().stream(table, { replicationKey: key, replicationMethod: 'INCREMENTAL' })
    return { table, stream }
  }

  async function next(stream: Stream, state: State | undefined, options: SyncOptions = {}): Promise<Synced> {
    const run = await sync(db(), [stream], { ...options, state })
    expect(run.failure).to.equal(undefined)
    return run
  }

  const orders = 'CREATE TABLE T (OrderId int, OrderStatus varchar(30), LastUpdated timestamp)'
  const orderRows = `INSERT INTO T VALUES (1,'Backordered','2020-06-01 12:00:00'), (1,'Shipped','2020-06-09 12:00:25'),
    (2,'Shipped','2020-07-11 3:05:00'), (1,'Shipped','2020-06-09 11:50:00'), (3,'Shipped','2020-07-12 12:00:00')`

  it('sends rows in the order of the key, and the next run those behind the bookmark', async () => {
    const { table, stream } = await made('LastUpdated', orders, orderRows)
    const first = await next(stream, undefined)
    expect(column(first.records, 'OrderId')).to.deep.equal(['1', '1', '1', '2', '3'])
    expect(bookmark(first.state, stream)).to.deep.include({
      replication_key: 'LastUpdated',
      replication_key_value: '2020-07-12T12:00:00Z',
    })
    await db().run(`INSERT INTO ${table} VALUES (4,'New','2020-07-12 12:00:01'), (5,'New','2020-07-12 12:00:00')`)
    const second = await next(stream, first.state)
    expect(column(second.records, 'OrderId')).to.deep.equal(['5', '4'])
    expect((await next(stream, second.state)).records).to.deep.equal([])
  })

  it('begins at a bookmark of another tap with its row, once', async () => {
    const { stream } = await made('LastUpdated', orders, orderRows)
    const stored = { replication_key: 'LastUpdated', replication_key_value: '2020-06-09T12:00:25+00:00' }
    const first = await next(stream, { bookmarks: { [stream.id]: stored } })
    expect(column(first.records, 'OrderId')).to.deep.equal(['1', '2', '3'])
    expect((await next(stream, first.state)).records).to.deep.equal([])
  })

  it('sends a row that changed within the same second, and no unchanged one', async () => {
    const { table, stream } = await made(
      'at',
      'CREATE TABLE T (id int PRIMARY KEY, note text, at datetime)',
      "INSERT INTO T VALUES (1,'a','2024-01-01 10:00:00'), (2,'b','2024-01-01 10:00:00'), (3,'c','2024-01-01 09:00:00')",
    )
    const first = await next(stream, undefined)
    expect(first.records).to.have.length(3)
    await db().run(`UPDATE ${table} SET note='B' WHERE id=2; UPDATE ${table} SET note='C' WHERE id=3`)
    const second = await next(stream, first.state)
    expect(column(second.records, 'note')).to.deep.equal(['"B"'])
    expect((await next(stream, second.state)).records).to.deep.equal([])
  })

  it('counts equal rows of a table without a key', async () => {
    const { table, stream } = await made('k', 'CREATE TABLE T (k int)', 'INSERT INTO T VALUES (1), (1), (1)')
    const first = await next(stream, undefined)
    expect(first.records).to.have.length(3)
    await db().run(`INSERT INTO ${table} VALUES (1), (1)`)
    const second = await next(stream, first.state)
    expect(second.records).to.have.length(2)
    expect((await next(stream, second.state)).records).to.have.length(0)
  })

  it('sends rows without a value in the key in the first run only, counted', async () => {
    const sql = "INSERT INTO T VALUES (1,NULL), (2,'0000-00-00 00:00:00'), (3,'2024-01-01'), (4,NULL)"
    const create = 'CREATE TABLE T (id int PRIMARY KEY, at datetime)'
    const { table, stream } = await made('at', create, `SET sql_mode=''; ${sql}; SET sql_mode=DEFAULT`)
    for (const config of [{}, { incremental_limit: 1 }]) {
      const first = await next(stream, undefined, { config, pace: { chunkRows: 2 } })
      expect(column(first.records, 'id')).to.deep.equal(['1', '2', '4', '3'])
      const line = first.log.find(({ message }) => message.includes('without a value in the replication key'))
      expect(line?.fields).to.deep.include({ rows: 3 })
      await db().run(`INSERT INTO ${table} VALUES (${tables}0${Object.keys(config).length}, NULL)`)
      expect((await next(stream, first.state)).records).to.deep.equal([])
      await db().run(`DELETE FROM ${table} WHERE id > 4`)
    }
  })

  it('comes past partial dates, behind which nothing can be read', async () => {
    const rows = ["'2024-01-01'", "'2024-02-00'", "'2024-02-00'", "'2024-03-01'"].map((at, id) => `(${id},${at})`)
    const fill = `SET sql_mode=''; INSERT INTO T VALUES ${rows.join()}; SET sql_mode=DEFAULT`
    const { stream } = await made('at', 'CREATE TABLE T (id int PRIMARY KEY, at date)', fill)
    for (const config of [{}, { incremental_limit: 1 }, { incremental_limit: 2 }]) {
      const first = await next(stream, undefined, { config })
      expect([...new Set(column(first.records, 'id'))]).to.have.members(['0', '1', '2', '3'])
      expect(bookmark(first.state, stream).replication_key_value).to.equal('2024-03-01')
    }
  })

  it('says nothing of large groups where there are none', async () => {
    const { stream } = await made('k', 'CREATE TABLE T (id int PRIMARY KEY, k int)', 'INSERT INTO T VALUES (1,1)')
    const stored = { replication_key: 'k', replication_key_value: 2 }
    const { log, state } = await next(stream, { bookmarks: { [stream.id]: stored } })
    expect(log).to.deep.equal([])
    expect(bookmark(state, stream)).to.deep.equal(stored)
  })

  // biome-ignore format: one fact a line
  const keyTypes: readonly (readonly [type: string, values: readonly string[]])[] = [
    ['int', ['-1', '0', '0', '5']],
    ['bigint unsigned', ['0', '9007199254740992', '9007199254740993', '18446744073709551615']],
    ['decimal(38,2)', ['-0.5', '0', '99999999999999999999.01', '999999999999999999999999999999999999.99']],
    ['date', ["'2024-01-01'", "'2024-01-02'", "'2024-02-29'"]],
    ['datetime(6)', ["'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00.000002'"]],
    ['timestamp(3)', ["'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.001'"]],
    ['time(1)', ["'-100:00:00'", "'00:00:00'", "'00:00:00.1'", "'838:59:59'"]],
    ['year', ['0', '1999', '2024']],
    ['varchar(10)', ["''", "' a'", "'a'", "'A '", "'á'", "'b'", "'日本'"]],
    ['varbinary(10)', ["x''", "x'00'", "x'80'", "x'ff'"]],
  ]
  for (const [type, values] of keyTypes) {
    it(`${type}: stopped at every state, it sends every row once`, async () => {
      const rows = values.map((value, i) => `(${i},${value},REPEAT('-',600000))`)
      const create = `CREATE TABLE T (id int PRIMARY KEY, k ${type}, pad mediumtext) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`
      const { table, stream } = await made('k', create, `INSERT INTO T VALUES ${rows.toReversed().join()}`)
      const ids: string[] = []
      let state: State | undefined
      for (let runs = 0; runs < 10; runs++) {
        const run = await next(stream, state, { pace: { chunkRows: 1 }, watch: stopAtFirst('STATE') })
        ids.push(...column(run.records, 'id'))
        state = run.state
      }
      expect(ids).to.deep.equal(values.map((_, i) => String(i)))
      const last = values.at(-1) ?? ''
      await db().run(`INSERT INTO ${table} VALUES (100,${last},''), (101,${values[0]},'')`)
      expect(column((await next(stream, state)).records, 'id')).to.deep.equal(['100'])
    })
  }

  it('holds values that no double can hold as strings', async () => {
    const create = 'CREATE TABLE T (id int PRIMARY KEY, k bigint unsigned)'
    const { stream } = await made('k', create, 'INSERT INTO T VALUES (1, 18446744073709551615)')
    const { state } = await next(stream, undefined)
    expect(bookmark(state, stream).replication_key_value).to.equal('18446744073709551615')
  })

  it('refuses a start_date that is no date', async () => {
    const config = { host: 'db.example.com', user: 'tap', start_date: 'yesterday' }
    expect(await problemsOf(config, settings)).to.deep.equal(['start_date: must be a date-time'])
  })

  it('begins where start_date says, unless the bookmark is later', async () => {
    const sql = "INSERT INTO T VALUES (1,NULL), (2,'2023-12-31'), (3,'2024-01-01'), (4,'2024-01-02')"
    const { stream } = await made('at', 'CREATE TABLE T (id int PRIMARY KEY, at datetime)', sql)
    const config = { start_date: '2024-01-01T00:00:00Z' }
    const first = await next(stream, undefined, { config })
    expect(column(first.records, 'id')).to.deep.equal(['3', '4'])
    const at = (value: string) => ({
      bookmarks: { [stream.id]: { replication_key: 'at', replication_key_value: value } },
    })
    const cases: readonly [string, readonly string[]][] = [
      ['2024-01-02T00:00:00Z', ['4']],
      ['2023-01-02T00:00:00Z', ['3', '4']],
    ]
    for (const [value, ids] of cases) {
      expect(column((await next(stream, at(value), { config })).records, 'id')).to.deep.equal(ids)
    }
  })

  const lookbacks: readonly (readonly [type: string, first: readonly string[], late: string, early: string])[] = [
    ['int', ['100', '103', '104'], '99', '98'],
    ['int unsigned', ['0', '3', '4'], '1', '9'],
    ['decimal(20,2)', ['100', '103', '104'], '99.00', '98.99'],
    ['datetime', ["'2024-01-01 00:00:00'", "'2024-01-01 00:00:04'"], "'2023-12-31 23:59:59'", "'2023-12-31 23:59:58'"],
    ['timestamp(6)', ["'2024-01-01 00:00:04.5'"], "'2023-12-31 23:59:59.5'", "'2023-12-31 23:59:59.499999'"],
  ]
  for (const [type, first, late, early] of lookbacks) {
    it(`${type}: with a lookback of 5 it finds late rows and repeats none`, async () => {
      const rows = first.map((value, i) => `(${i},${value},'')`)
      const create = `CREATE TABLE T (id int PRIMARY KEY, k ${type}, note text)`
      const { table, stream } = await made('k', create, `INSERT INTO T VALUES ${rows.join()}`)
      const config = { lookback: 5 }
      const one = await next(stream, undefined, { config })
      expect(one.records).to.have.length(first.length)
      expect((await next(stream, one.state, { config })).records).to.have.length(0)
      const beyond = type === 'int unsigned' ? '' : `, (21,${early},'')`
      await db().run(`INSERT INTO ${table} VALUES (20,${late},'') ${beyond}; UPDATE ${table} SET note='x' WHERE id=0`)
      const two = await next(stream, one.state, { config })
      expect(column(two.records, 'id')).to.have.members(['0', '20'])
      const value = bookmark(one.state, stream).replication_key_value
      expect(bookmark(two.state, stream).replication_key_value).to.equal(value)
      expect((await next(stream, two.state, { config })).records).to.have.length(0)
    })
  }

  it('never moves the bookmark back while it reads once more what a lookback covers', async () => {
    const rows = [1, 2, 3, 4, 5].map((id) => `(${id},REPEAT('-',600000))`)
    const { table, stream } = await made(
      'id',
      'CREATE TABLE T (id int PRIMARY KEY, pad mediumtext)',
      `INSERT INTO T VALUES ${rows.join()}`,
    )
    const one = await next(stream, undefined)
    await db().run(`UPDATE ${table} SET pad=CONCAT(pad, 'x'); INSERT INTO ${table} VALUES (6,'')`)
    const two = await next(stream, one.state, { config: { lookback: 3 }, pace: { chunkRows: 1 } })
    expect(column(two.records, 'id')).to.deep.equal(['2', '3', '4', '5', '6'])
    const values = two.messages.flatMap((message) =>
      message.type === 'STATE' ? [bookmark(message.value, stream).replication_key_value] : [],
    )
    expect(Math.min(...values.map(Number))).to.be.at.least(5)
  })

  it('reads by incremental_limit, also groups that are larger', async () => {
    const rows = Array.from({ length: 20 }, (_, id) => `(${id},${id < 15 ? 7 : id})`)
    const { stream } = await made(
      'k',
      'CREATE TABLE T (id int PRIMARY KEY, k int)',
      `INSERT INTO T VALUES ${rows.join()}`,
    )
    const config = { incremental_limit: 4 }
    const one = await next(stream, undefined, { config })
    expect(column(one.records, 'id').map(Number)).to.deep.equal(rows.map((_, id) => id))
    expect((await next(stream, one.state, { config })).records).to.have.length(0)
  })

  it('reads in one query, and says so, where incremental_limit has no key to go on by', async () => {
    const { stream } = await made('k', 'CREATE TABLE T (k int)', 'INSERT INTO T VALUES (1), (1), (1)')
    const one = await next(stream, undefined, { config: { incremental_limit: 2 } })
    expect(one.records).to.have.length(3)
    expect(one.log.map(({ message }) => message).join()).to.include('incremental_limit needs a table with a key')
  })

  it(`sends a group of more than ${boundaryRows} rows again, and says so`, async () => {
    const numbers =
      'WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 10001) SELECT id, 7 FROM n'
    const deep = 'SET @@cte_max_recursion_depth=20000'
    const fill = `${db().server.title.startsWith('MySQL') ? `${deep};` : 'SET @@max_recursive_iterations=20000;'} INSERT INTO T ${numbers}`
    const { table, stream } = await made('k', 'CREATE TABLE T (id int PRIMARY KEY, k int)', fill)
    const one = await next(stream, undefined)
    expect(bookmark(one.state, stream)).to.not.have.property('boundary')
    expect(one.log.map(({ message }) => message).join()).to.include('the next run sends them again')
    const two = await next(stream, one.state)
    expect(two.records).to.have.length(10001)
    await db().run(`DELETE FROM ${table} WHERE id=1`)
    const three = await next(stream, two.state)
    expect(bookmark(three.state, stream).boundary).to.have.length(10000)
    expect((await next(stream, three.state)).records).to.have.length(0)
  })

  it('starts over, and says so, when the replication key is another one', async () => {
    const create = 'CREATE TABLE T (id int PRIMARY KEY, k int, j int)'
    const { stream } = await made('k', create, 'INSERT INTO T VALUES (1,1,2), (2,2,1)')
    const one = await next(stream, undefined)
    const two = await next({ ...stream, replicationKey: 'j' }, one.state)
    expect(column(two.records, 'id')).to.deep.equal(['2', '1'])
    expect(two.log.map(({ message }) => message).join()).to.include('the replication key is another one')
    const { version } = bookmark(one.state, stream)
    expect(bookmark(two.state, stream)).to.deep.include({ version, replication_key: 'j', replication_key_value: 2 })
  })

  for (const type of ['float', 'double', "enum('a','b')", "set('a','b')", 'json', 'text']) {
    it(`${type}: refuses the key`, async () => {
      const { stream } = await made('k', `CREATE TABLE T (id int PRIMARY KEY, k ${type})`)
      const { failure, log } = await sync(db(), [stream])
      expect(failure).to.be.an('error')
      expect(log.map(({ message, fields }) => message + JSON.stringify(fields)).join()).to.include(
        'makes no replication key',
      )
    })
  }

  it('keeps the version of all its rows, and activates it', async () => {
    const { table, stream } = await made('id', 'CREATE TABLE T (id int PRIMARY KEY)', 'INSERT INTO T VALUES (1), (2)')
    const one = await next(stream, undefined)
    expect(one.messages.map(({ type }) => type)).to.deep.equal([
      ...['SCHEMA', 'ACTIVATE_VERSION', 'RECORD', 'RECORD', 'ACTIVATE_VERSION', 'STATE', 'STATE'],
    ])
    await db().run(`INSERT INTO ${table} VALUES (3)`)
    const two = await next(stream, one.state)
    expect(versionsOf(two)).to.deep.equal(versionsOf(one))
  })

  it('sends no version where rows of a bookmark without one must stay', async () => {
    const { stream } = await made('id', 'CREATE TABLE T (id int PRIMARY KEY)', 'INSERT INTO T VALUES (1), (2)')
    const state = { bookmarks: { [stream.id]: { replication_key: 'id', replication_key_value: 1 } } }
    const run = await next(stream, state)
    expect(run.messages.map(({ type }) => type)).to.deep.equal(['SCHEMA', 'RECORD', 'RECORD', 'STATE', 'STATE'])
    expect(versionsOf(run)).to.deep.equal([])
    expect(bookmark(run.state, stream)).to.not.have.property('version')
  })

  it('says which property is the bookmark', async () => {
    const { stream } = await made('k', 'CREATE TABLE T (id int PRIMARY KEY, k int)')
    const { messages } = await next(stream, undefined)
    expect(messages[0]).to.deep.include({ type: 'SCHEMA', bookmark_properties: ['k'], key_properties: ['id'] })
  })

  it('sends each version of each row once, over many runs of changes', async () => {
    const create = 'CREATE TABLE T (id int PRIMARY KEY, note int, at datetime) CHARACTER SET utf8mb4'
    const { table, stream } = await made('at', create)
    const wanted: string[] = []
    const sent: string[] = []
    let state: State | undefined
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * below)
    }
    for (let round = 1; round <= 25; round++) {
      const at = `2024-01-01 00:00:${String(Math.floor(round / 3)).padStart(2, '0')}`
      for (let change = random(4); change > 0; change--) {
        const id = random(8)
        const note = round * 10 + change
        await db().run(`REPLACE INTO ${table} VALUES (?, ?, ?)`, [id, note, at])
        wanted.push(`${id}:${note}`)
      }
      const run = await next(stream, state, {
        config: round % 2 ? { incremental_limit: 3 } : {},
        pace: { chunkRows: 2 },
      })
      sent.push(...run.records.map(({ id, note }) => `${id}:${note}`))
      state = run.state
    }
    // A version that another one replaced before the run was never there to be seen.
    expect(new Set(sent).size).to.equal(sent.length)
    expect(wanted).to.include.members(sent)
    const rows = await db().run(`SELECT id, note FROM ${table}`)
    expect(sent).to.include.members(finalRows(rows))
  })
})

function finalRows(results: readonly Readonly<Record<string, unknown>>[]): string[] {
  const [, rows] = results as unknown as [unknown, readonly JsonObject[]]
  return rows.map(({ id, note }) => `${id}:${note}`)
}

function stopAtFirst(type: string) {
  return (message: { type: string }) => (message.type === type ? ('stop' as const) : undefined)
}

function versionsOf({ messages }: Synced): unknown[] {
  return [...new Set(messages.flatMap((message) => ('version' in message ? [message.version] : [])))]
}
