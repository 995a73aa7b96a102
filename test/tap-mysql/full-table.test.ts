import { expect } from 'chai'
import type { JsonObject, State, Stream } from '../../singer/index.js'
import { bookmark, column, type Database, describeOnServers, type Synced, sync } from './syncing.js'

/** Columns, key, values of a row; rows come in the order of the key. `only`: collations differ. */
interface KeyFact {
  readonly title: string
  readonly columns: string
  readonly key: string
  readonly rows: readonly string[]
  readonly only?: string
}

// biome-ignore format: one fact a line
const keys: readonly KeyFact[] = [
  { title: 'BIGINT UNSIGNED above 2^53', columns: 'a bigint unsigned', key: 'a', rows: ['0', '9007199254740992', '9007199254740993', '18446744073709551614', '18446744073709551615'] },
  { title: 'BIGINT', columns: 'a bigint', key: 'a', rows: ['-9223372036854775808', '-9007199254740993', '-1', '0', '9007199254740993', '9223372036854775807'] },
  { title: 'TINYINT(1)', columns: 'a tinyint(1)', key: 'a', rows: ['-128', '-1', '0', '1', '2', '127'] },
  { title: 'ZEROFILL', columns: 'a int(8) zerofill', key: 'a', rows: ['0', '7', '42', '4294967295'] },
  { title: 'DECIMAL(38,0)', columns: 'a decimal(38,0)', key: 'a', rows: ['-99999999999999999999999999999999999999', '0', '99999999999999999999999999999999999998', '99999999999999999999999999999999999999'] },
  { title: 'DECIMAL(30,10)', columns: 'a decimal(30,10)', key: 'a', rows: ['-0.0000000001', '0', '0.0000000001', '12345678901234567890.0000000001', '12345678901234567890.0000000002'] },
  { title: 'VARCHAR, case-insensitive', columns: 'a varchar(20) COLLATE utf8mb4_general_ci, b int', key: 'a,b', rows: ["'',1", "'a',1", "'A',2", "'a ',3", "'Á',4", "'b',1", "'É',1", "'e',2", "'z''\\\\\"`',1", "'日本',1", "'😀',1"] },
  { title: 'VARCHAR, binary without padding', columns: 'a varchar(20) COLLATE utf8mb4_0900_bin', key: 'a', rows: ["''", "' '", "'A'", "'a'", "'a '", "'a  '", "'é'"], only: 'MySQL' },
  { title: 'VARCHAR, binary without padding', columns: 'a varchar(20) COLLATE utf8mb4_nopad_bin', key: 'a', rows: ["''", "' '", "'A'", "'a'", "'a '", "'a  '", "'é'"], only: 'MariaDB' },
  { title: 'VARCHAR with control characters', columns: 'a varchar(20) COLLATE utf8mb4_bin', key: 'a', rows: ["'\\0'", "'\\n'", "'\\Z'", "'\\''", "'\\\\'"] },
  { title: 'CHAR in latin1', columns: 'a char(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci', key: 'a', rows: ["'a'", "'e'", "'o'", "'å'", "'ö'"] },
  { title: 'BINARY', columns: 'a binary(4)', key: 'a', rows: ["x'00000000'", "x'00000001'", "x'0000ff00'", "x'27275c5c'", "x'ffffffff'"] },
  { title: 'VARBINARY', columns: 'a varbinary(16)', key: 'a', rows: ["x''", "x'00'", "x'0000'", "x'80'", "x'ff'", "x'ff00'"] },
  { title: 'DATE', columns: 'a date', key: 'a', rows: ["'1000-01-01'", "'1999-12-31'", "'2024-02-29'", "'9999-12-31'"] },
  { title: 'DATETIME(6)', columns: 'a datetime(6)', key: 'a', rows: ["'1000-01-01 00:00:00'", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00.000002'", "'9999-12-31 23:59:59.999999'"] },
  { title: 'TIMESTAMP(3)', columns: 'a timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)', key: 'a', rows: ["'1970-01-01 10:00:00.001'", "'2024-03-31 02:30:00.5'", "'2024-03-31 03:30:00.5'"] },
  { title: 'TIME(2)', columns: 'a time(2)', key: 'a', rows: ["'-838:59:59'", "'-00:00:00.01'", "'00:00:00'", "'00:00:00.01'", "'23:59:59'", "'100:00:00'", "'838:59:59'"] },
  { title: 'YEAR', columns: 'a year', key: 'a', rows: ['0', '1901', '2000', '2155'] },
  { title: 'BIT(64)', columns: 'a bit(64)', key: 'a', rows: ['0', '1', '9223372036854775808', '18446744073709551615'] },
  { title: 'four columns, in another order than in the table', columns: 'd int, c varchar(5), b date, a int', key: 'a,b,c,d', rows: [
    "1,'','2024-01-01',1", "2,'','2024-01-01',1", "1,'x','2024-01-01',1", "1,'a','2024-01-02',1", "1,'a','2024-01-01',2", "5,'b','2024-01-01',2", "4,'b','2024-01-03',2"] },
  { title: 'a name with backtick, quote, é and dot', columns: '`a``"\'é.` int', key: '`a``"\'é.`', rows: ['1', '2', '3', '4'] },
]

describeOnServers('tap-mysql full table', (db) => {
  describe('killed at every chunk, it sends every row once', () => {
    for (const [index, { title, columns, key, rows, only }] of keys.entries()) {
      it(title, async function () {
        if (only && !db().server.title.startsWith(only)) return this.skip()
        const table = `k${index}`
        const more = 'note int, pad mediumtext'
        await db().run(`CREATE TABLE ${table} (${columns}, ${more}, PRIMARY KEY (${key})) CHARACTER SET utf8mb4`)
        // A key with a date is read in one SELECT: only large rows make several blocks of it.
        const pad = /date|timestamp/.test(columns) ? "REPEAT('-', 600000)" : 'NULL'
        const values = rows.map((row, i) => `(${row},${i},${pad})`)
        await db().run(`INSERT INTO ${table} VALUES ${values.toReversed().join()}`)
        const stream = await db().stream(table)
        for (const chunkRows of [1, 2]) {
          const { records, versions, runs } = await inManyRuns(db(), stream, chunkRows)
          expect(column(records, 'note').map(Number)).to.deep.equal(rows.map((_, i) => i))
          expect(versions).to.have.length(1)
          expect(runs).to.be.greaterThan(rows.length / chunkRows)
        }
      })
    }
  })

  it('activates the version at the start of the very first load and at the end of each', async () => {
    await db().run('CREATE TABLE v (id int PRIMARY KEY); INSERT INTO v VALUES (1), (2), (3)')
    const stream = await db().stream('v')
    const first = await sync(db(), [stream], { pace: { chunkRows: 2 } })
    expect(types(first)).to.deep.equal([
      ...['SCHEMA', 'ACTIVATE_VERSION', 'STATE', 'RECORD', 'RECORD', 'STATE', 'RECORD'],
      ...['ACTIVATE_VERSION', 'STATE', 'STATE'],
    ])
    expect(bookmark(first.state, stream)).to.deep.equal({ initial_full_table_complete: true })
    const second = await sync(db(), [stream], { state: first.state })
    expect(types(second)).to.deep.equal([
      'SCHEMA',
      'STATE',
      'RECORD',
      'RECORD',
      'RECORD',
      'ACTIVATE_VERSION',
      'STATE',
      'STATE',
    ])
    expect(versionsOf(second)[0]).to.be.greaterThan(Number(versionsOf(first)[0]))
  })

  it('keeps unknown keys of the bookmark, and its version, over an interrupted load', async () => {
    await db().run('CREATE TABLE u (id int PRIMARY KEY); INSERT INTO u VALUES (1), (2), (3), (4)')
    const stream = await db().stream('u')
    const before: State = { bookmarks: { [stream.id]: { mine: [1], initial_full_table_complete: true } } }
    const first = await sync(db(), [stream], { state: before, pace: { chunkRows: 1 }, watch: stopAtState(3) })
    const stored = bookmark(first.state, stream)
    expect(stored).to.deep.include({ mine: [1], initial_full_table_complete: true })
    expect(stored).to.deep.include({ max_pk_values: { id: 4 }, last_pk_fetched: { id: 2 } })
    const second = await sync(db(), [stream], { state: first.state })
    expect(column(second.records, 'id')).to.deep.equal(['3', '4'])
    expect(versionsOf(second)).to.deep.equal([stored.version])
    expect(second.messages.findIndex(({ type }) => type === 'ACTIVATE_VERSION')).to.be.greaterThan(2)
    expect(bookmark(second.state, stream)).to.deep.equal({ mine: [1], initial_full_table_complete: true })
  })

  it('leaves rows behind the last one of the beginning to the next load', async () => {
    await db().run('CREATE TABLE grows (id int PRIMARY KEY); INSERT INTO grows VALUES (1), (2), (3)')
    const stream = await db().stream('grows')
    let added = 3
    const { records } = await sync(db(), [stream], {
      pace: { chunkRows: 1 },
      async watch({ type }) {
        if (type === 'RECORD') await db().run('INSERT INTO grows VALUES (?)', [++added])
        return undefined
      },
    })
    expect(column(records, 'id')).to.deep.equal(['1', '2', '3'])
  })

  it('sends an empty table', async () => {
    await db().run('CREATE TABLE nothing (id int PRIMARY KEY)')
    const stream = await db().stream('nothing')
    const { messages, state } = await sync(db(), [stream])
    expect(messages.map(({ type }) => type)).to.deep.equal([
      ...['SCHEMA', 'ACTIVATE_VERSION', 'STATE', 'ACTIVATE_VERSION', 'STATE', 'STATE'],
    ])
    expect(bookmark(state, stream)).to.deep.equal({ initial_full_table_complete: true })
  })

  const unresumable: readonly (readonly [title: string, ...sql: string[]])[] = [
    ['no key', 'CREATE TABLE T (id int, pad mediumtext)'],
    ['a FLOAT key', 'CREATE TABLE T (id float PRIMARY KEY, pad mediumtext)'],
    ['a DOUBLE in the key', 'CREATE TABLE T (id double, pad mediumtext, PRIMARY KEY (id))'],
    ['an ENUM key', "CREATE TABLE T (id enum('1','2','3','4') PRIMARY KEY, pad mediumtext)"],
    ['a SET key', "CREATE TABLE T (id set('1','2','3','4') PRIMARY KEY, pad mediumtext)"],
    ['a key on a prefix', 'CREATE TABLE T (id text, pad mediumtext, PRIMARY KEY (id(1)))'],
    ['a view', 'CREATE TABLE base (id int PRIMARY KEY, pad mediumtext)', 'CREATE VIEW T AS SELECT * FROM base'],
  ]
  for (const [index, [title, ...statements]] of unresumable.entries()) {
    it(`${title}: read in one SELECT, again from its beginning in the next run`, async () => {
      const table = `un${index}`
      for (const sql of statements) await db().run(sql.replace(' T ', ` ${table} `))
      const rows = ["'1'", "'2'", "'3'", "'4'"].map((id) => `(${id}, REPEAT('-', 600000))`)
      await db().run(`INSERT INTO ${statements.length > 1 ? 'base' : table} VALUES ${rows.join()}`)
      const stream = await db().stream(table)
      const atSecondRow = (_: unknown, run: Synced) => (run.records.length === 2 ? ('stop' as const) : undefined)
      const first = await sync(db(), [stream], { pace: { chunkRows: 1 }, watch: atSecondRow })
      expect(first.state).to.equal(undefined)
      const second = await sync(db(), [stream], { pace: { chunkRows: 1 } })
      expect(second.records.map(({ id }) => String(id))).to.have.members(['1', '2', '3', '4'])
      expect(bookmark(second.state, stream)).to.deep.equal({ initial_full_table_complete: true })
    })
  }

  it('sends rows with zero dates in the key once, and none of them is a point to go on from', async () => {
    await db().run("SET sql_mode=''; CREATE TABLE z (id int, gone datetime, pad mediumtext, PRIMARY KEY (id, gone))")
    const rows = [1, 2, 3, 4, 5].map(
      (id) => `(${id}, '${id === 3 ? '2024-01-01' : '0000-00-00'}', REPEAT('-', 600000))`,
    )
    await db().run(`INSERT INTO z VALUES ${rows.join()}; SET sql_mode=DEFAULT`)
    const stream = await db().stream('z')
    const whole = await sync(db(), [stream], { pace: { chunkRows: 1 } })
    expect(column(whole.records, 'id')).to.deep.equal(['1', '2', '3', '4', '5'])
    expect(column(whole.records, 'gone')).to.deep.equal(['null', 'null', '"2024-01-01T00:00:00Z"', 'null', 'null'])
    const points = whole.messages.flatMap((message) =>
      message.type === 'STATE' ? [bookmark(message.value, stream).last_pk_fetched] : [],
    )
    const point = { id: 3, gone: '2024-01-01T00:00:00Z' }
    expect(points.slice(1, 6)).to.deep.equal([undefined, undefined, point, point, point])
    const warned = whole.log.find(({ message }) => message.includes('were sent as null'))
    expect(warned?.fields).to.deep.include({ columns: { gone: 4 } })
  })

  it('sends a row of 38 MB, and goes on behind it', async () => {
    await db().run('CREATE TABLE large (id int PRIMARY KEY, k int, text longtext)')
    await db().run(
      "INSERT INTO large VALUES (1,1,''), (2,1,REPEAT('thirty-eight letters, a quote and a \\\\\"', 1000000)), (3,2,'')",
    )
    for (const more of [{}, { replicationKey: 'k' }]) {
      const { records, failure } = await sync(db(), [await db().stream('large', more)], { pace: { chunkRows: 1 } })
      expect(failure).to.equal(undefined)
      const found = records.map(({ id, text }) => [id, String(text).length])
      expect(found).to.deep.equal([
        [1, 0],
        [2, 38_000_000],
        [3, 0],
      ])
    }
  })

  it('sends 1,000 columns', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `c${i}`)
    await db().run(`CREATE TABLE wide (${names.map((name) => `${name} tinyint`).join()}, PRIMARY KEY (c999, c500))`)
    const row = names.map((_, i) => i % 100).join()
    await db().run(`INSERT INTO wide VALUES (${row}), (${row.replace(/99$/, '100')})`)
    const { records, failure } = await sync(db(), [await db().stream('wide')], { pace: { chunkRows: 1 } })
    expect(failure).to.equal(undefined)
    expect(column(records, 'c999')).to.deep.equal(['99', '100'])
    expect(Object.keys(records[0] ?? {})).to.deep.equal(names)
  })

  it('reads from the beginning, and says so, when the key is another one than in the state', async () => {
    await db().run('CREATE TABLE newkey (id int PRIMARY KEY); INSERT INTO newkey VALUES (1), (2)')
    const stream = await db().stream('newkey')
    const stored = { version: 5, max_pk_values: { old: 9 }, last_pk_fetched: { old: 1 } }
    const { records, log, messages } = await sync(db(), [stream], { state: { bookmarks: { [stream.id]: stored } } })
    expect(column(records, 'id')).to.deep.equal(['1', '2'])
    expect(log.map(({ message }) => message)).to.include(
      'the table has another key than the state: it is read from its beginning',
    )
    expect(messages.filter(({ type }) => type === 'ACTIVATE_VERSION')).to.have.length(1)
  })
})

function types({ messages }: Synced): string[] {
  return messages.map(({ type }) => type)
}

function versionsOf({ messages }: Synced): unknown[] {
  return [...new Set(messages.flatMap((message) => ('version' in message ? [message.version] : [])))]
}

function stopAtState(count: number) {
  return (_: unknown, run: Synced) =>
    run.messages.filter(({ type }) => type === 'STATE').length === count ? ('stop' as const) : undefined
}

/** Each run is killed at its second STATE, or after it where the first comes from the run before. */
async function inManyRuns(database: Database, stream: Stream, chunkRows: number) {
  const records: JsonObject[] = []
  const versions = new Set<unknown>()
  let state: State | undefined
  for (let runs = 1; runs < 50; runs++) {
    const run = await sync(database, [stream], { state, pace: { chunkRows }, watch: stopAtState(1) })
    records.push(...run.records)
    for (const version of versionsOf(run)) versions.add(version)
    state = run.state
    if (bookmark(state, stream).initial_full_table_complete) return { records, versions: [...versions], runs }
  }
  throw new Error('no end')
}
