import { expect } from 'chai'
import type { JsonObject, Stream } from '../../singer/index.js'
import { bookmark, column, describeOnServers, sync } from './syncing.js'

interface Fact {
  readonly title: string
  readonly columns: string
  /** The ids are 1, 2, 3, … */
  readonly values: readonly string[]
  readonly bookmark: JsonObject
  readonly method: 'FULL_TABLE' | 'INCREMENTAL'
  /** Ids of the rows that are sent. */
  readonly sent: readonly number[]
}

const version = 1_500_000_000_000
const incremental = (value: string | number) => ({ replication_key: 'k', replication_key_value: value })

// biome-ignore format: one fact a line
const facts: readonly Fact[] = [
  { title: 'singer-io, DATETIME', method: 'INCREMENTAL', columns: 'k datetime', values: ["'2016-12-31'", "'2017-01-01'"], bookmark: { ...incremental('2017-01-01T00:00:00.000000Z'), version }, sent: [2] },
  { title: 'pipelinewise, DATETIME with an offset', method: 'INCREMENTAL', columns: 'k datetime(3)', values: ["'2016-12-31'", "'2017-01-01'"], bookmark: { ...incremental('2017-01-01T01:00:00+01:00'), version }, sent: [2] },
  { title: 'SDK, DATETIME without a zone', method: 'INCREMENTAL', columns: 'k timestamp NULL', values: ["'2016-12-31'", "'2017-01-01'"], bookmark: incremental('2017-01-01T00:00:00'), sent: [2] },
  { title: 'SQL text', method: 'INCREMENTAL', columns: 'k datetime', values: ["'2016-12-31'", "'2017-01-01'"], bookmark: incremental('2017-01-01 00:00:00'), sent: [2] },
  { title: 'singer-io, DATE', method: 'INCREMENTAL', columns: 'k date', values: ["'2016-12-31'", "'2017-01-01'"], bookmark: incremental('2017-01-01T00:00:00+00:00'), sent: [2] },
  { title: 'singer-io, TIME', method: 'INCREMENTAL', columns: 'k time', values: ["'12:34:55'", "'12:34:56'", "'25:00:00'"], bookmark: incremental('1970-01-01T12:34:56+00:00'), sent: [2, 3] },
  { title: 'singer-io, TIME above a day', method: 'INCREMENTAL', columns: 'k time', values: ["'12:34:55'", "'24:59:59'", "'25:00:00'"], bookmark: incremental('1970-01-02T01:00:00+00:00'), sent: [3] },
  { title: 'integer 0', method: 'INCREMENTAL', columns: 'k int', values: ['-1', '0', '1'], bookmark: incremental(0), sent: [2, 3] },
  { title: 'empty string', method: 'INCREMENTAL', columns: 'k varchar(5)', values: ['NULL', "''", "'a'"], bookmark: incremental(''), sent: [2, 3] },
  { title: 'integer as a string', method: 'INCREMENTAL', columns: 'k bigint', values: ['9007199254740992', '9007199254740993'], bookmark: incremental('9007199254740993'), sent: [2] },
  { title: 'null value', method: 'INCREMENTAL', columns: 'k int', values: ['1', '2'], bookmark: { replication_key: 'k', replication_key_value: null }, sent: [1, 2] },
  { title: 'another key', method: 'INCREMENTAL', columns: 'k int', values: ['1', '2'], bookmark: { replication_key: 'other', replication_key_value: 2 }, sent: [1, 2] },
  { title: 'SDK, progress markers', method: 'INCREMENTAL', columns: 'k int', values: ['1', '2', '3'], bookmark: { ...incremental(2), replication_key_signpost: 9, starting_replication_value: 1, progress_markers: { Note: '', replication_key: 'k', replication_key_value: 3 } }, sent: [2, 3] },
  { title: 'singer-io, interrupted', method: 'FULL_TABLE', columns: 'k int', values: ['1', '2', '3', '4'], bookmark: { version, max_pk_values: { id: 3 }, last_pk_fetched: { id: 1 } }, sent: [2, 3] },
  { title: 'singer-io, interrupted before the first row', method: 'FULL_TABLE', columns: 'k int', values: ['1', '2', '3', '4'], bookmark: { version, max_pk_values: { id: 3 } }, sent: [1, 2, 3] },
  { title: 'singer-io, finished', method: 'FULL_TABLE', columns: 'k int', values: ['1', '2'], bookmark: { initial_full_table_complete: true }, sent: [1, 2] },
  { title: 'finished, version null', method: 'FULL_TABLE', columns: 'k int', values: ['1', '2'], bookmark: { version: null, initial_full_table_complete: true }, sent: [1, 2] },
  { title: 'from INCREMENTAL to FULL_TABLE', method: 'FULL_TABLE', columns: 'k int', values: ['1', '2'], bookmark: { ...incremental(2), version, boundary: ['x'] }, sent: [1, 2] },
  { title: 'from FULL_TABLE to INCREMENTAL', method: 'INCREMENTAL', columns: 'k int', values: ['1', '2'], bookmark: { initial_full_table_complete: true }, sent: [1, 2] },
  { title: 'from LOG_BASED to FULL_TABLE', method: 'FULL_TABLE', columns: 'k int', values: ['1', '2'], bookmark: { version, log_file: 'mysql-bin.000003', log_pos: 3244, gtid: 'x:1-5', initial_binlog_complete: false }, sent: [1, 2] },
]

describeOnServers('tap-mysql state', (db) => {
  const streams: Stream[] = []
  before(async () => {
    for (const [index, { columns, values, method }] of facts.entries()) {
      const rows = values.map((value, i) => `(${i + 1},${value})`)
      await db().run(
        `CREATE TABLE s${index} (id int PRIMARY KEY, ${columns}); INSERT INTO s${index} VALUES ${rows.join()}`,
      )
      streams.push(await db().stream(`s${index}`, { replicationMethod: method, replicationKey: 'k' }))
    }
  })

  for (const [index, { title, method, bookmark: stored, sent }] of facts.entries()) {
    it(`${method}: ${title}`, async () => {
      const stream = streams[index]
      if (!stream) throw new Error('no stream')
      const before = { bookmarks: { [stream.id]: { ...stored, mine: 'kept' }, other: { n: 1 } }, top: [1] }
      const first = await sync(db(), [stream], { state: before })
      expect(first.failure).to.equal(undefined)
      expect(column(first.records, 'id').map(Number)).to.deep.equal(sent)
      expect(first.state).to.deep.include({ top: [1], currently_syncing: null })
      expect(bookmark(first.state, { ...stream, id: 'other' })).to.deep.equal({ n: 1 })
      const next = bookmark(first.state, stream)
      expect(next).to.have.property('mine', 'kept')
      const wanted =
        method === 'FULL_TABLE'
          ? ['mine', 'initial_full_table_complete']
          : ['mine', 'replication_key', 'replication_key_value', 'boundary']
      expect(Object.keys(next).filter((key) => key !== 'version')).to.have.members(wanted)
      if (method === 'INCREMENTAL')
        expect((await sync(db(), [stream], { state: first.state })).records).to.deep.equal([])
    })
  }

  it('max() per column, as singer-io writes it, is an upper bound of a composite key', async () => {
    const rows = '(1,9),(2,1),(2,5),(3,2)'
    await db().run(`CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b)); INSERT INTO pair VALUES ${rows}`)
    const stream = await db().stream('pair')
    const stored = { version, max_pk_values: { a: 3, b: 9 }, last_pk_fetched: { a: 2, b: 1 } }
    const { records } = await sync(db(), [stream], { state: { bookmarks: { [stream.id]: stored } } })
    expect(records).to.deep.equal([
      { a: 2, b: 5 },
      { a: 3, b: 2 },
    ])
  })

  for (const value of ["1' OR '1'='1", '1 OR 1', { a: 1 }, true, 'soon']) {
    it(`a value that is none of the column's stops the stream: ${JSON.stringify(value)}`, async () => {
      const stream = streams[7]
      if (!stream) throw new Error('no stream')
      const stored = { replication_key: 'k', replication_key_value: value, version }
      const run = await sync(db(), [stream], { state: { bookmarks: { [stream.id]: stored } } })
      if (value === true) return expect(run.records).to.have.length(1)
      expect(run.records).to.deep.equal([])
      expect(run.failure).to.be.an('error')
      const log = JSON.stringify(run.log)
      expect(log).to.include('it holds no int for the column k')
      expect(log).to.not.include('OR').and.not.include('soon')
      return expect(bookmark(run.state, stream)).to.deep.equal(stored)
    })
  }

  for (const value of ['it\'s \\ " %_` \0 \u2028 é', "' OR 1=1 -- "]) {
    it(`a string stays a string: ${JSON.stringify(value)}`, async () => {
      const stream = streams[8]
      if (!stream) throw new Error('no stream')
      const stored = { replication_key: 'k', replication_key_value: value }
      const run = await sync(db(), [stream], { state: { bookmarks: { [stream.id]: stored } } })
      expect(run.failure).to.equal(undefined)
      expect(run.records.length).to.be.lessThan(3)
    })
  }
})
