import { expect } from 'chai'
import { ConfigError, type JsonObject } from '../../singer/index.js'
import { column, describeOnServers, sync } from './syncing.js'

describeOnServers('tap-mysql selection', (db) => {
  before(async () => {
    await db().run(
      'CREATE TABLE t (a int, id int PRIMARY KEY, c decimal(10,2), k int); INSERT INTO t VALUES (1,1,1.5,1)',
    )
    await db().run('CREATE VIEW v AS SELECT id, k FROM t')
  })

  it('without a method: INCREMENTAL with a replication key, else FULL_TABLE', async () => {
    const full = await sync(db(), [await db().stream('t')])
    expect(JSON.stringify(full.state)).to.include('initial_full_table_complete')
    const incremental = await sync(db(), [await db().stream('t', { replicationKey: 'k' })])
    expect(JSON.stringify(incremental.state)).to.include('replication_key_value')
    const both = await sync(db(), [await db().stream('t', { replicationKey: 'k', replicationMethod: 'FULL_TABLE' })])
    expect(JSON.stringify(both.state)).to.include('initial_full_table_complete')
    expect(both.messages[0]).to.not.have.property('bookmark_properties')
  })

  it('refuses LOG_BASED and INCREMENTAL without a key before anything is sent, naming every stream', async () => {
    const t = await db().stream('t')
    const streams = [
      { ...t, id: 'one', replicationMethod: 'LOG_BASED' as const },
      { ...t, id: 'two', replicationMethod: 'INCREMENTAL' as const },
    ]
    const { failure, messages } = await sync(db(), streams)
    expect(messages).to.deep.equal([])
    expect(failure).to.be.instanceOf(ConfigError)
    expect(String(failure)).to.include('stream one').and.to.include('stream two')
  })

  it('takes order, types and scales from the table, whatever the catalog says', async () => {
    const t = await db().stream('t')
    const properties = { c: { type: ['null', 'number'] }, k: {}, id: { type: 'string' }, a: {} }
    const { messages, records } = await sync(db(), [{ ...t, schema: { type: 'object', properties } }])
    const schema = messages[0] as unknown as { schema: { properties: Record<string, JsonObject> } }
    expect(Object.keys(schema.schema.properties)).to.deep.equal(['a', 'id', 'c', 'k'])
    expect(schema.schema.properties.c).to.deep.equal({ type: ['null', 'number'], multipleOf: 0.01 })
    expect(Object.keys(records[0] ?? {})).to.deep.equal(['a', 'id', 'c', 'k'])
  })

  it('sends the selected columns only, and warns of those that are gone', async () => {
    const t = await db().stream('t')
    const schema = { type: 'object', properties: { id: {}, gone: {} } }
    const { records, log, failure } = await sync(db(), [{ ...t, schema }])
    expect(failure).to.equal(undefined)
    expect(records).to.deep.equal([{ id: 1 }])
    const warning = log.find(({ message }) => message.includes('are gone from the table'))
    expect(warning?.fields).to.deep.equal({ stream: t.id, columns: ['gone'] })
  })

  const failures: readonly [string, JsonObject, string][] = [
    [
      'its key is gone',
      { keyProperties: ['gone'], schema: { properties: { a: {}, gone: {} } } },
      'no column gone, which is its key',
    ],
    ['its replication key is gone', { replicationKey: 'gone' }, 'it has no column gone, the replication key'],
    [
      'all its columns are gone',
      { keyProperties: [], schema: { properties: { x: {} } } },
      'none of the selected columns',
    ],
    ['its table is gone', { tableName: 'nothing' }, 'nothing: it does not exist'],
    ['its database is gone', { metadata: { 'database-name': 'nowhere' } }, 'table nowhere.t: it does not exist'],
  ]
  for (const [title, change, said] of failures) {
    it(`a stream stops, and the others go on, when ${title}`, async () => {
      const t = await db().stream('t')
      const { failure, log, records } = await sync(db(), [{ ...t, id: 'broken', ...change }, t])
      expect(String(failure)).to.include('1 of 2 streams failed: broken')
      expect(log.map(({ message }) => message).join('\n')).to.include(said)
      expect(column(records, 'id')).to.deep.equal(['1'])
    })
  }

  it('finds the table of a catalog that has no more than the id', async () => {
    const { tableName, ...t } = await db().stream('t', { metadata: {} })
    expect(tableName).to.equal('t')
    expect((await sync(db(), [t])).records).to.have.length(1)
  })

  it('takes the database of the settings where the catalog names only the table', async () => {
    const { records } = await sync(db(), [await db().stream('t', { metadata: {}, id: 'renamed' })])
    expect(records).to.have.length(1)
  })

  it('keeps apart two tables of one name', async () => {
    const other = await db().server.newDatabase()
    await db().run(`CREATE TABLE ${other}.t (id int PRIMARY KEY); INSERT INTO ${other}.t VALUES (7)`)
    const t = await db().stream('t')
    const theirs = {
      ...t,
      id: 'theirs',
      name: 'theirs',
      metadata: { 'database-name': other },
      schema: { properties: { id: {} } },
    }
    const { messages } = await sync(db(), [t, theirs])
    const ids = messages.flatMap((message) =>
      message.type === 'RECORD' ? [`${message.stream} ${message.record.id}`] : [],
    )
    expect(ids).to.deep.equal([`${t.name} 1`, 'theirs 7'])
  })

  it('reads a view, with the key that the catalog gives it', async () => {
    const view = await db().stream('v', { keyProperties: ['id'], replicationKey: 'k' })
    const { messages, records } = await sync(db(), [view])
    expect(messages[0]).to.deep.include({ key_properties: ['id'], bookmark_properties: ['k'] })
    expect(records).to.deep.equal([{ id: 1, k: 1 }])
  })
})
