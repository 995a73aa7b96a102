import { expect } from 'chai'
import type { Config } from '../../tap-mysql/config.js'
import { column, type Database, describeOnServers, type Synced, sync, type Wire } from './syncing.js'

interface Fact {
  /** The type of `v` when the run begins and later. */
  readonly from: string
  readonly to: string
  readonly value: string
  readonly only?: 'MySQL' | 'MariaDB'
  readonly config?: Partial<Config>
}

const rowCount = 8

// biome-ignore format: one fact a line
const stopping: readonly Fact[] = [
  { from: 'int', to: 'varchar(20)', value: '5' },
  { from: 'int', to: 'bigint', value: '5' },
  { from: 'int', to: 'int unsigned', value: '5' },
  { from: 'bigint unsigned', to: 'bigint', value: '5' },
  { from: 'int', to: 'int zerofill', value: '5' },
  { from: 'int', to: 'decimal(10,2)', value: '5' },
  { from: 'tinyint(1)', to: 'tinyint(4)', value: '5', config: { tinyint1: 'boolean' }, only: 'MariaDB' },
  { from: 'tinyint(1)', to: 'tinyint', value: '5', config: { tinyint1: 'boolean' } },
  { from: 'bit(1)', to: 'bit(9)', value: "b'1'" },
  { from: 'decimal(10,2)', to: 'decimal(10,4)', value: '5.25' },
  { from: 'decimal(10,2)', to: 'double', value: '5.25' },
  { from: 'double', to: 'varchar(20)', value: '5.25' },
  { from: 'varchar(20)', to: 'varbinary(20)', value: "'a'" },
  { from: 'blob', to: 'text', value: "'a'" },
  { from: 'varchar(20)', to: 'int', value: "'5'" },
  { from: 'varchar(20)', to: 'datetime', value: "'2024-01-01'" },
  { from: 'datetime', to: 'date', value: "'2024-01-01'" },
  { from: 'datetime', to: 'varchar(30)', value: "'2024-01-01 00:00:00'" },
  { from: 'time', to: 'varchar(30)', value: "'10:00:00'" },
  { from: 'year', to: 'int', value: '2024' },
  { from: 'json', to: 'varbinary(100)', value: "'[1]'" },
  { from: 'json', to: 'text', value: "'[1]'", only: 'MySQL' },
  { from: 'text', to: 'json', value: "'[1]'", only: 'MySQL' },
]

// biome-ignore format: one fact a line
const passing: readonly Fact[] = [
  { from: 'varchar(5)', to: 'text', value: "'a'" },
  { from: 'varchar(5) CHARACTER SET latin1', to: 'varchar(9) CHARACTER SET utf8mb4', value: "'é'" },
  { from: "enum('a')", to: "enum('b','a')", value: "'a'" },
  { from: 'int', to: 'int NOT NULL', value: '5' },
  { from: 'datetime', to: 'datetime(3)', value: "'2024-01-01'" },
  { from: 'decimal(10,2)', to: 'decimal(20,2)', value: '5.25' },
  { from: 'blob', to: 'varbinary(9)', value: "'a'" },
  { from: 'float', to: 'double', value: '5.1' },
]

describeOnServers('tap-mysql, a table that is altered during the run', (db) => {
  let tables = 0
  const made = async ({ from, value }: Pick<Fact, 'from' | 'value'>) => {
    const name = `a${tables++}`
    await db().run(`CREATE TABLE ${name} (id int PRIMARY KEY, v ${from}, w int)`)
    await db().run(`INSERT INTO ${name} VALUES ${Array.from({ length: rowCount }, (_, i) => `(${i},${value},1)`)}`)
    return { name, stream: await db().stream(name) }
  }
  const isHere = ({ only }: Fact) => only === undefined || db().server.title.startsWith(only)

  for (const fact of stopping) {
    it(`${fact.from} to ${fact.to}: the stream stops and names the column`, async function () {
      if (!isHere(fact)) return this.skip()
      for (const [moment, when] of Object.entries(moments)) {
        const { name, stream } = await made(fact)
        const alter = `ALTER TABLE ${name} MODIFY v ${fact.to}`
        const run = await sync(db(), [stream], {
          pace: { chunkRows: 2 },
          ...(fact.config && { config: fact.config }),
          watch: once(when, db(), alter),
        })
        expect(run.failure, moment).to.be.an('error')
        expect(run.records.length, moment).to.equal(moment === 'before the first query' ? 0 : 2)
        const [said] = run.log.filter(({ level }) => level === 'critical')
        expect(said?.message).to.match(
          /^stream failed: read \S+: column "v" was .* and has been altered since; run again/,
        )
        const next = await sync(db(), [stream], { state: run.state, ...(fact.config && { config: fact.config }) })
        expect(next.failure).to.equal(undefined)
        expect([...column(run.records, 'id'), ...column(next.records, 'id')]).to.have.members(ids)
      }
    })
  }

  for (const fact of passing) {
    it(`${fact.from} to ${fact.to}: nothing is to be done`, async () => {
      for (const when of Object.values(moments)) {
        const { name, stream } = await made(fact)
        const watch = once(when, db(), `ALTER TABLE ${name} MODIFY v ${fact.to}`)
        const run = await sync(db(), [stream], { pace: { chunkRows: 2 }, watch })
        expect(run.failure).to.equal(undefined)
        expect(column(run.records, 'id')).to.deep.equal(ids)
        expect(new Set(column(run.records, 'v').map((text) => text.replace('.000Z', 'Z'))).size).to.equal(1)
      }
    })
  }

  const changes: [what: string, change: (table: string) => string, failure: RegExp | undefined][] = [
    ['a column is added', (table) => `ALTER TABLE ${table} ADD COLUMN x int FIRST`, undefined],
    ['a key is added', (table) => `ALTER TABLE ${table} ADD KEY (w)`, undefined],
    [
      'a column is dropped',
      (table) => `ALTER TABLE ${table} DROP COLUMN v`,
      /Unknown column 'v'.*; the table was altered .*: run again/,
    ],
    ['the table is dropped', (table) => `DROP TABLE ${table}`, /read \S+: Table .* doesn't exist.*; the table is gone/],
  ]
  for (const [what, change, failure] of changes) {
    it(`${what}: ${failure ? 'the stream stops and says so' : 'nothing is to be done'}`, async () => {
      for (const when of Object.values(moments)) {
        const { name, stream } = await made({ from: 'int', value: '5' })
        const run = await sync(db(), [stream], { pace: { chunkRows: 2 }, watch: once(when, db(), change(name)) })
        const said = run.log.filter(({ level }) => level === 'critical').map(({ message }) => message)
        if (failure) expect(said.join()).to.match(failure)
        else expect(column(run.records, 'id')).to.deep.equal(ids)
      }
    })
  }

  it('a view may say another type than its columns come as', async () => {
    await db().run(
      'CREATE TABLE below (id int PRIMARY KEY, t text, d date); INSERT INTO below VALUES (1,"x","2024-01-01")',
    )
    const columns =
      "id+1 AS a, 1 AS b, t IS NULL AS c, NULL AS n, YEAR(d) AS y, CONCAT(t,id) AS s, d + INTERVAL 1 DAY AS e, id/3 AS q, COUNT(*) AS k, CAST('[1]' AS JSON) AS j"
    await db().run(
      `CREATE VIEW above AS SELECT ${db().server.title.startsWith('MySQL') ? columns : columns.replace(/, CAST.*/, '')} FROM below GROUP BY id`,
    )
    const run = await sync(db(), [await db().stream('above')])
    expect(run.failure).to.equal(undefined)
    expect(run.records).to.have.length(1)
  })
})

const ids = Array.from({ length: rowCount }, (_, i) => String(i))

const moments: Readonly<Record<string, (message: Wire, run: Synced) => 'alter' | 'alter and kill' | undefined>> = {
  'before the first query': ({ type }) => (type === 'SCHEMA' ? 'alter' : undefined),
  'between two chunks': (_, { records }) => (records.length === 2 ? 'alter' : undefined),
  'before a connection is made anew': (_, { records }) => (records.length === 2 ? 'alter and kill' : undefined),
}

function once(when: (typeof moments)[string], database: Database, change: string) {
  let isDone = false
  return async (message: Wire, run: Synced): Promise<undefined> => {
    const what = isDone ? undefined : when(message, run)
    if (what === undefined) return
    isDone = true
    await database.run(change)
    if (what === 'alter and kill') await database.kill()
  }
}
