import { expect } from 'chai'
import { type Document, Long, MongoClient, type MongoClientOptions } from 'mongodb'
import { toBson } from './elements.js'
import { failure } from './refusal.js'
import { startScripted } from './scripted.js'
import type { Scripted, ScriptedOptions } from './types.js'

describe('the scripted MongoDB server', () => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  const start = async (options?: ScriptedOptions): Promise<Scripted> => {
    const server = await startScripted(options)
    closing.push(() => server.close())
    return server
  }
  const connect = (server: Scripted, options: MongoClientOptions = {}, user = ''): MongoClient => {
    const client = new MongoClient(server.uri.replace('//', `//${user}`), { retryReads: false, ...options })
    closing.push(() => client.close())
    return client
  }
  const said = (promise: Promise<unknown>) =>
    promise.then(JSON.stringify, (cause: Error) => `${cause.name}: ${cause.message}`)
  const numbers = (count: number) => Array.from({ length: count }, (_, _id) => ({ _id }))

  it('is a primary with a clock', async () => {
    const server = await start()
    const admin = connect(server).db('admin')
    const hello = await admin.command({ hello: 1 })
    expect(hello).to.include({ setName: 'scripted', isWritablePrimary: true, maxWireVersion: 21 })
    expect(hello.operationTime).to.deep.equal(server.operationTime)
    const before = server.operationTime
    server.insert('db', 'c', {})
    expect((await admin.command({ ping: 1 })).operationTime.greaterThan(before)).to.equal(true)
    expect((await admin.command({ buildInfo: 1 })).version).to.equal('7.0.12')
  })

  it('is also a standalone server, an old one, and one without sessions', async () => {
    const standalone = await connect(await start({ kind: 'standalone' }))
      .db()
      .command({ hello: 1 })
    expect(standalone).to.not.have.any.keys('setName', 'operationTime', '$clusterTime')
    expect(
      await said(connect(await start({ wireVersion: 6 }), { serverSelectionTimeoutMS: 500 }).connect()),
    ).to.include('maximum wire version 6')
    const server = await start({ hasSessions: false })
    await connect(server).db().command({ ping: 1 })
    expect(server.commands[0]?.body).to.not.have.property('lsid')
  })

  it('keeps the bytes of documents and tells what was asked', async () => {
    const server = await start()
    const stored = toBson(
      new Map<string, unknown>([
        ['_id', 1],
        ['b', -0],
        ['10', 'x'],
        ['2', Long.fromNumber(1)],
      ]),
    )
    server.insert('db', 'c', stored)
    const find = connect(server).db('db').collection('c').find({}, { raw: true })
    const [document] = await find.toArray()
    expect(Buffer.compare(document as unknown as Buffer, stored)).to.equal(0)
    const [command] = server.commands
    expect(command).to.include({ name: 'find', database: 'db' })
    expect(command?.body.find).to.equal('c')
  })

  it('sorts, skips, limits and projects', async () => {
    const server = await start()
    server.insert('db', 'c', { _id: 1, n: { a: 1, b: 2 } }, { _id: 'x', n: [{ a: 3, b: 4 }] }, { _id: 0.5, n: 5 })
    const collection = connect(server).db('db').collection<Document>('c')
    const options = { sort: { _id: -1 as const }, projection: { 'n.a': 1 } }
    expect(await collection.find({}, options).toArray()).to.deep.equal([
      { _id: 'x', n: [{ a: 3 }] },
      { _id: 1, n: { a: 1 } },
      { _id: 0.5 },
    ])
    const exclusion = { skip: 1, limit: 1, projection: { 'n.a': 0, _id: 0 } }
    expect(await collection.find({}, exclusion).toArray()).to.deep.equal([{ n: [{ b: 4 }] }])
    expect(await said(collection.find({}, { projection: { a: 1, b: 0 } }).toArray())).to.include('Cannot mix')
  })

  const batches: [options: Document, first: number, isOpen: boolean][] = [
    [{}, 101, true],
    [{ batchSize: 0 }, 0, true],
    [{ batchSize: 200 }, 200, true],
    [{ batchSize: 201 }, 200, false],
    [{ limit: 101 }, 101, false],
    [{ limit: 150 }, 101, true],
    [{ limit: 10, batchSize: 11 }, 10, false],
    [{ batchSize: 5, singleBatch: true }, 5, false],
  ]
  for (const [options, first, isOpen] of batches) {
    it(`answers ${JSON.stringify(options)} of 200 documents with ${first} and ${isOpen ? 'a' : 'no'} cursor`, async () => {
      const server = await start()
      server.insert('db', 'c', ...numbers(200))
      const { cursor } = await connect(server)
        .db('db')
        .command({ find: 'c', ...options })
      expect(cursor.firstBatch).to.have.length(first)
      expect(server.openCursors).to.equal(isOpen ? 1 : 0)
      expect(Number(cursor.id) !== 0).to.equal(isOpen)
    })
  }

  it('puts no more than 16 MiB of documents into a batch, and at least one', async () => {
    const server = await start()
    for (let _id = 0; _id < 5; _id++) server.insert('db', 'c', { _id, text: 'x'.repeat(7 << 20) })
    server.insert('db', 'c', { _id: 5, text: 'x'.repeat(16_777_000) })
    const client = connect(server)
    const ids = await client
      .db('db')
      .collection('c')
      .find()
      .map(({ _id }) => Number(_id))
      .toArray()
    expect(ids).to.deep.equal([0, 1, 2, 3, 4, 5])
    expect(server.commands.map(({ name }) => name)).to.deep.equal(['find', 'getMore', 'getMore', 'getMore'])
  })

  it('forgets cursors that are killed', async () => {
    const server = await start()
    server.insert('db', 'c', ...numbers(3))
    const db = connect(server).db('db')
    const { cursor } = await db.command({ find: 'c', batchSize: 1 })
    const getMore = { getMore: Long.fromString(String(cursor.id)), collection: 'c' }
    await db.command({ killCursors: 'c', cursors: [getMore.getMore] })
    expect(await said(db.command(getMore))).to.include('cursor id')
  })

  it('fails as it is told to', async () => {
    const server = await start()
    server.insert('db', 'c', ...numbers(3))
    const collection = connect(server, { socketTimeoutMS: 300 }).db('db').collection('c')
    const all = () => said(collection.find().toArray())
    for (const fault of ['drop', 'cut'] as const) {
      server.answer = ({ name }) => (name === 'find' ? fault : undefined)
      expect(await all(), fault).to.match(/MongoNetworkError: connection \d+ to .* closed/)
    }
    server.answer = () => failure(189, 'PrimarySteppedDown', 'no primary', { errorLabels: ['RetryableError'] })
    expect(await all()).to.equal('MongoServerError: no primary')
    const began = Date.now()
    server.answer = () => ({ delayMs: 100 })
    expect(await all()).to.include('"_id":2')
    expect(Date.now() - began).to.be.at.least(95)
    server.answer = () => 'hang'
    expect(await all()).to.include('MongoNetworkTimeoutError')
    server.answer = undefined
    expect(await all()).to.include('"_id":2')
  })

  it('answers by handlers, which may ask those that were there before', async () => {
    const server = await start()
    server.handle('find', async ({ body }, next) => (body.find === 'own' ? { ok: 1, own: true } : next()))
    server.handle('new', () => ({ ok: 1, known: true }))
    const db = connect(server).db('db')
    expect(await db.command({ find: 'own' })).to.include({ own: true })
    expect(await db.collection('c').find().toArray()).to.deep.equal([])
    expect(await db.command({ new: 1 })).to.include({ known: true })
    expect(await said(db.command({ unheard: 1 }))).to.include("no such command: 'unheard'")
  })

  it('gives cursors of others their batches', async () => {
    const server = await start()
    let asked = 0
    let closed = 0
    server.handle('aggregate', () => {
      const next = () => ({ documents: [toBson({ _id: ++asked })], isLast: asked === 2, fields: { extra: asked } })
      const id = server.openCursor({ namespace: 'db.c', next, close: () => closed++ })
      return { cursor: { id, ns: 'db.c', firstBatch: [] }, ok: 1 }
    })
    const collection = connect(server).db('db').collection('c')
    expect(await collection.aggregate([]).toArray()).to.deep.equal([{ _id: 1 }, { _id: 2 }])
    expect([server.openCursors, closed]).to.deep.equal([0, 0])
    const cursor = collection.aggregate([], { batchSize: 1 })
    asked = 2
    await cursor.next()
    await cursor.close()
    expect([server.openCursors, closed]).to.deep.equal([0, 1])
  })

  it('tells of writes', async () => {
    const server = await start()
    const writes: string[] = []
    server.onWrite(({ operation, document }) => writes.push(`${operation} ${document.length}`))
    server.insert('db', 'c', { _id: 1 })
    server.replace('db', 'c', { _id: 1, a: 1 })
    expect([server.remove('db', 'c', 1.0), server.remove('db', 'c', 1)]).to.deep.equal([true, false])
    server.drop('db', 'c')
    expect(writes).to.deep.equal(['insert 14', 'replace 21', 'delete 21', 'drop 0'])
  })

  it('lists databases, collections and indexes', async () => {
    const server = await start()
    for (let i = 0; i < 150; i++) server.create('db', `c${i}`)
    server.insert('db', 'c0', { _id: 1, ok: true }, { _id: 2, ok: false })
    server.create('db', 'view', { viewOn: 'c0', pipeline: [{ $match: { ok: true } }] })
    server.create('db', 'series', { timeseries: { timeField: 't' } })
    server.createIndex('db', 'c0', { ok: 1, _id: -1 })
    const client = connect(server)
    const collections = await client.db('db').listCollections({}, { nameOnly: true }).toArray()
    expect(collections).to.have.length(154)
    expect(collections.filter(({ type }) => type !== 'collection')).to.deep.equal([
      { name: 'view', type: 'view' },
      { name: 'series', type: 'timeseries' },
    ])
    expect(collections.map(({ name }) => name)).to.include.members(['system.views', 'system.buckets.series'])
    const { databases } = await client.db().admin().listDatabases({ nameOnly: true })
    expect(databases.map(({ name }) => name)).to.have.members(['admin', 'config', 'local', 'db'])
    const indexes = await client.db('db').collection('c0').listIndexes().toArray()
    expect(indexes.map(({ name }) => name)).to.deep.equal(['_id_', 'ok_1__id_-1'])
    expect(await client.db('db').collection('view').find().toArray()).to.deep.equal([{ _id: 1, ok: true }])
    expect(await client.db('db').collection('c0').estimatedDocumentCount()).to.equal(2)
    expect(await client.db('db').collection('c0').countDocuments({ ok: true })).to.equal(1)
  })

  it('refuses what is forbidden', async () => {
    const server = await start()
    server.insert('db', 'c', { _id: 1 })
    for (const what of ['listDatabases', 'db', 'db.c']) server.forbidden.add(what)
    const client = connect(server)
    for (const refused of [
      () => client.db().admin().listDatabases(),
      () => client.db('db').listCollections().toArray(),
      () => client.db('db').collection('c').find().toArray(),
    ]) {
      expect(await said(refused())).to.include('not authorized on ')
    }
  })

  it('knows its users', async () => {
    const server = await start({ users: { ann: 'open sesame' } })
    const ping = (user: string) => said(connect(server, {}, user).db('db').command({ find: 'c' }))
    expect(await ping('ann:open%20sesame@')).to.include('"ok":1')
    expect(await ping('ann:wrong@')).to.equal('MongoServerError: Authentication failed.')
    expect(await ping('bob:open%20sesame@')).to.equal('MongoServerError: Authentication failed.')
    expect(await ping('')).to.equal('MongoServerError: Command find requires authentication')
  })
})
