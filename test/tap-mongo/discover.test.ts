import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'bson'
import { expect } from 'chai'
import { allProperties } from '../../singer/catalog-entry.js'
import type { Catalog, JsonObject } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import { discoverCatalog } from '../../tap-mongo/discover.js'
import { recordedLog } from '../singer/recorded-log.js'
import { failure } from '../support/mongo/refusal.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { withDeployment } from './connecting.js'

describe('discovery', () => {
  let server: Scripted

  beforeEach(async () => {
    server = await startScripted()
  })

  afterEach(() => server.close())

  const catalog = (settings: JsonObject = {}, patterns?: readonly string[], log = recordedLog()): Promise<Catalog> =>
    withDeployment(server, { settings, log }, (common) => discoverCatalog(common, patterns))
  const ids = async (settings?: JsonObject, patterns?: readonly string[]) =>
    (await catalog(settings, patterns)).streams.map(({ tap_stream_id }) => tap_stream_id)

  it('prints a catalog with metadata for the root and every property at every depth', async () => {
    server.insert('shop', 'orders', {
      _id: new ObjectId(),
      n: new Int32(1),
      at: new Date(0),
      address: { city: 'Oslo' },
      lines: [{ sku: 'a', price: Decimal128.fromString('1.50') }],
    })
    server.createIndex('shop', 'orders', { at: 1, n: 1 })
    const [stream] = (await catalog()).streams
    expect(stream).to.include({ tap_stream_id: 'shop-orders', stream: 'shop-orders', table_name: 'orders' })
    expect(stream?.key_properties).to.deep.equal(['_id'])
    const [root, ...below] = stream?.metadata ?? []
    expect(root).to.deep.equal({
      breadcrumb: [],
      metadata: {
        'database-name': 'shop',
        'is-view': false,
        'row-count': 1,
        'table-key-properties': ['_id'],
        'selected-by-default': false,
        'valid-replication-keys': ['_id', 'at'],
      },
    })
    expect(below.map(({ breadcrumb }) => breadcrumb)).to.deep.equal(
      allProperties(stream?.schema ?? {}).map(({ breadcrumb }) => breadcrumb),
    )
    expect(below.map(({ breadcrumb }) => breadcrumb.join('.'))).to.include.members([
      'properties._id',
      'properties.address.properties.city',
      'properties.lines.items.properties.price',
    ])
    expect(below[0]?.metadata).to.deep.equal({ inclusion: 'automatic', 'selected-by-default': true })
    expect(below[1]?.metadata).to.deep.equal({ inclusion: 'available', 'selected-by-default': true })
  })

  it('finds fields that only some documents have, and several types of one', async () => {
    for (let i = 0; i < 500; i++) server.insert('db', 'c', { _id: i, a: i })
    server.insert('db', 'c', { _id: 500, a: 'text', rare: true })
    const properties = asObject((await catalog()).streams[0]?.schema.properties)
    expect(Object.keys(properties)).to.deep.equal(['_id', 'a', 'rare'])
    expect(asObject(properties.a).type).to.have.members(['null', 'integer', 'string'])
  })

  it('says which stream of the settings there is not, unless it is not asked for', async () => {
    server.insert('shop', 'orders', { _id: 1 })
    const settings = { streams: { 'shop-orders': { sample_size: 5 }, shop_orders: { sample_size: 5 } } }
    const said = async (patterns?: readonly string[]) => {
      const log = recordedLog()
      await catalog(settings, patterns, log)
      return log.lines
    }
    const warning = /^WARNING the setting `streams` names a stream that there is not: it has no effect.*shop_orders/
    expect(await said())
      .to.have.length(1)
      .and.satisfy(([line = '']: string[]) => warning.test(line))
    expect(await said(['shop*.*'])).to.have.length(1)
    expect(await said(['shop-*.*'])).to.deep.equal([])
  })

  it('lists more collections than one batch holds', async () => {
    for (let i = 0; i < 150; i++) server.create('db', `c${1000 + i}`)
    expect(await ids()).to.have.length(150)
  })

  it('lists no collections of the server itself', async () => {
    for (const [database, collection] of [
      ['local', 'oplog.rs'],
      ['config', 'shards'],
      ['db', 'system.views'],
      ['db', 'mine'],
    ] as const)
      server.insert(database, collection, { _id: 1 })
    expect(await ids()).to.deep.equal(['db-mine'])
  })

  it('an empty collection has its _id only', async () => {
    server.create('db', 'empty')
    expect(Object.keys(asObject((await catalog()).streams[0]?.schema.properties))).to.deep.equal(['_id'])
  })

  it('a view says that it is one', async () => {
    server.insert('db', 'c', { _id: 1, n: 1 })
    server.create('db', 'v', { viewOn: 'c', pipeline: [] })
    const view = (await catalog()).streams.find(({ tap_stream_id }) => tap_stream_id === 'db-v')
    expect(view?.metadata[0]?.metadata).to.include({ 'is-view': true }).and.to.have.property('view-key-properties')
    expect(Object.keys(asObject(view?.schema.properties))).to.deep.equal(['_id', 'n'])
  })

  it('a view without _id has no key', async () => {
    server.insert('db', 'c', { _id: 1, n: 1 })
    server.create('db', 'v', { viewOn: 'c', pipeline: [{ $project: { _id: 0, n: 1 } }] })
    const view = (await catalog()).streams.find(({ tap_stream_id }) => tap_stream_id === 'db-v')
    expect(view?.key_properties).to.deep.equal([])
    expect(view?.metadata[0]?.metadata).to.deep.include({ 'view-key-properties': [], 'valid-replication-keys': [] })
  })

  it('a collection that may not be read is left out with a warning', async () => {
    for (const name of ['open', 'closed']) server.insert('db', name, { _id: 1 })
    server.forbidden.add('db.closed')
    const log = recordedLog()
    const { streams, failed } = await catalog({}, undefined, log)
    expect(streams.map(({ tap_stream_id }) => tap_stream_id)).to.deep.equal(['db-open'])
    expect(failed).to.equal(undefined)
    expect(log.lines.join('\n')).to.match(/db-closed/)
  })

  it('names that are hard on the server are looked at as all others', async () => {
    server.insert(
      'db',
      'od.d näme',
      new Map<string, unknown>([
        ['_id', 1],
        ['$a', 1],
        ['a.b', 2],
        ['', 3],
        ['__proto__', 4],
      ]),
    )
    const [stream] = (await catalog()).streams
    expect(stream?.tap_stream_id).to.equal('db-od_d näme')
    expect(Object.keys(asObject(stream?.schema.properties))).to.deep.equal(['_id', '$a', 'a.b', '', '__proto__'])
  })

  it('goes without $sample where the server has none', async () => {
    for (let i = 0; i < 500; i++) server.insert('db', 'c', { _id: i, [`f${i % 3}`]: i })
    server.answer = ({ name }) =>
      name === 'aggregate' ? failure(40324, 'Location40324', "Unrecognized pipeline stage name: '$sample'") : undefined
    expect(Object.keys(asObject((await catalog()).streams[0]?.schema.properties))).to.include.members([
      '_id',
      'f0',
      'f1',
      'f2',
    ])
  })

  it('of a user who may not list databases, reads that of the URI', async () => {
    server.insert('mine', 'c', { _id: 1 })
    server.insert('other', 'c', { _id: 1 })
    server.forbidden.add('listDatabases')
    expect(await ids({ uri: `${server.uri}/mine` })).to.deep.equal(['mine-c'])
  })

  it('of a user who may not list databases and named none, says what to do', async () => {
    server.forbidden.add('listDatabases')
    const problem = await catalog().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    expect(problem?.message).to.match(/list the databases: .*mongodb:\/\/host\/DATABASE/)
  })

  it('two collections that would be one stream are a problem of the settings', async () => {
    for (const name of ['a.b', 'a_b']) server.insert('db', name, { _id: 1 })
    const problem = await catalog().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    expect(problem?.message).to.match(/two collections would be the stream db-a_b: \["db","a\.b"\] and \["db","a_b"\]/)
    expect(await ids({ collections: ['!a.b'] })).to.deep.equal(['db-a_b'])
  })

  describe('of what there is, it takes', () => {
    // biome-ignore format: one fact a line
    const rows: [what: string, settings: JsonObject, patterns: string[] | undefined, expected: string[]][] = [
      ['all', {}, undefined, ['a-x', 'a-y', 'b-x']],
      ['the databases that are named', { databases: ['a'] }, undefined, ['a-x', 'a-y']],
      ['databases by glob', { databases: ['[b-z]*'] }, undefined, ['b-x']],
      ['all databases but some', { databases: ['!a'] }, undefined, ['b-x']],
      ['the collections that are named', { collections: ['x'] }, undefined, ['a-x', 'b-x']],
      ['collections with their database', { collections: ['a.x', 'b.*'] }, undefined, ['a-x', 'b-x']],
      ['all collections but some', { collections: ['!a.*'] }, undefined, ['b-x']],
      ['all collections but those of a name', { collections: ['!x'] }, undefined, ['a-y']],
      ['collections of a name but one', { collections: ['x', '!a.x'] }, undefined, ['b-x']],
      ['what select patterns can match', {}, ['a-*.n', '!a-y.*'], ['a-x']],
      ['the database of pipelinewise', { database: 'b', auth_database: 'admin' }, undefined, ['b-x']],
    ]
    for (const [what, settings, patterns, expected] of rows) {
      it(what, async () => {
        for (const [database, name] of [
          ['a', 'x'],
          ['a', 'y'],
          ['b', 'x'],
        ] as const)
          server.insert(database, name, { _id: 1, n: 1 })
        expect(await ids(settings, patterns)).to.deep.equal(expected)
      })
    }
  })

  describe('streams are called', () => {
    const rows: [settings: JsonObject, name: string][] = [
      [{}, 'shop-my_coll'],
      [{ stream_name: 'db_coll' }, 'shop_my.coll'],
      [{ stream_name: 'collection' }, 'my.coll'],
      [{ stream_prefix: 'raw_' }, 'raw_shop-my_coll'],
      [{ stream_prefix: 'raw_', stream_name: 'collection' }, 'raw_my.coll'],
    ]
    for (const [settings, name] of rows) {
      it(`${name} with ${JSON.stringify(settings)}`, async () => {
        server.insert('shop', 'my.coll', { _id: 1 })
        const [stream] = (await catalog(settings)).streams
        expect(stream).to.include({ tap_stream_id: 'shop-my_coll', stream: name })
      })
    }
  })

  it('looks at no document where none is wanted', async () => {
    server.insert('db', 'c', { _id: new Binary(Buffer.alloc(16), 4), n: new Double(1), l: Long.fromNumber(1) })
    for (const settings of [{ sample_size: 0 }, { streams: { 'db-c': { sample_size: 0 } } }, { strategy: 'raw' }]) {
      expect(Object.keys(asObject((await catalog(settings)).streams[0]?.schema.properties))).to.deep.equal(['_id'])
    }
    expect(server.commands.map(({ name }) => name)).to.not.include.members(['find', 'aggregate'])
  })
})
