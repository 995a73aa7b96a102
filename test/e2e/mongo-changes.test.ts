import { once } from 'node:events'
import { Int32, Long } from 'bson'
import { expect } from 'chai'
import { bookmarkOf } from '../../singer/state.js'
import { type Changes, type ChangesOptions, changeStreams } from '../support/mongo/changes.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { type Runs, withRuns } from './mongo-runs.js'

const order = (id: number, note: string | null, n = 1) => ({ _id: new Int32(id), note, n: Long.fromNumber(n) })

describe('changes through tap-mongo | target-s3-csv', function () {
  this.timeout(180_000)
  let server: Scripted
  let changes: Changes

  afterEach(() => server.close())

  async function start(options: ChangesOptions = {}): Promise<void> {
    server = await startScripted()
    changes = changeStreams(server, options)
  }

  const following = (streams: readonly string[], more: object = {}) => ({
    uri: server.uri,
    select: streams.map((id) => `${id}.*`),
    metadata: Object.fromEntries(streams.map((id) => [id, { 'replication-method': 'LOG_BASED' }])),
    await_time_ms: 20,
    ...more,
  })

  it('brings a collection, then every change of it, run after run from one state', async () => {
    await start()
    server.insert('shop', 'orders', order(1, 'one'), order(2, 'two, "2"'), order(3, null))
    await withRuns({ tap: following(['shop-orders']) }, async ({ run, state }) => {
      expect(await linesOf(run, 'shop-orders')).to.deep.equal(['1,one,1,', '2,"two, ""2""",1,', '3,,1,'])
      server.insert('shop', 'orders', order(4, ''))
      changes.update('shop', 'orders', order(1, 'one', 2))
      server.replace('shop', 'orders', order(2, 'two'))
      server.remove('shop', 'orders', 3)
      expect(await linesOf(run, 'shop-orders')).to.deep.equal(['4,"",1,', '1,one,2,', '2,two,1,', '3,,,TIME'])
      expect((await run()).size).to.equal(0)
      server.insert('shop', 'orders', order(3, 'again', 9007199254740991))
      server.remove('shop', 'orders', 4)
      expect(await linesOf(run, 'shop-orders')).to.deep.equal(['3,again,9007199254740991,', '4,,,TIME'])
      expect(bookmarkOf(await state(), 'shop-orders')).to.include.keys('resume_token', 'initial_full_table_complete')
    })
  })

  it('follows collections of two databases, and one that is selected later', async () => {
    await start()
    server.insert('shop', 'orders', order(1, 'a'))
    server.insert('office', 'orders', order(1, 'b'), order(2, 'B'))
    server.insert('shop', 'notes', order(1, 'c'))
    await withRuns({ tap: following(['shop-orders', 'office-orders']) }, async ({ run, configure }) => {
      expect(withoutTimes(await run())).to.deep.equal({
        'office-orders': '_id,note,n,_sdc_deleted_at\n1,b,1,\n2,B,1,\n',
        'shop-orders': '_id,note,n,_sdc_deleted_at\n1,a,1,\n',
      })
      await configure(following(['shop-orders', 'office-orders', 'shop-notes']))
      server.insert('shop', 'orders', order(2, 'd'))
      server.insert('shop', 'notes', order(2, 'e'))
      server.remove('office', 'orders', 1)
      expect(withoutTimes(await run())).to.deep.equal({
        'office-orders': '_id,note,n,_sdc_deleted_at\n1,,,TIME\n',
        'shop-notes': '_id,note,n,_sdc_deleted_at\n1,c,1,\n2,e,1,\n',
        'shop-orders': '_id,note,n,_sdc_deleted_at\n2,d,1,\n',
      })
      server.remove('shop', 'notes', 1)
      server.insert('office', 'orders', order(3, 'f'))
      expect(withoutTimes(await run())).to.deep.equal({
        'office-orders': '_id,note,n,_sdc_deleted_at\n3,f,1,\n',
        'shop-notes': '_id,note,n,_sdc_deleted_at\n1,,,TIME\n',
      })
    })
  })

  it('brings whole documents in one column by strategy envelope', async () => {
    await start()
    server.insert('shop', 'orders', order(1, 'one'))
    await withRuns({ tap: following(['shop-orders'], { strategy: 'envelope' }) }, async ({ run }) => {
      await run()
      server.insert('shop', 'orders', order(2, 'two'))
      server.remove('shop', 'orders', 1)
      expect(withoutTimes(await run())).to.deep.equal({
        'shop-orders':
          '_id,document,_sdc_deleted_at\n2,"{""_id"":2,""note"":""two"",""n"":1}",\n1,"{""_id"":1}",TIME\n',
      })
    })
  })

  it('brings what a document was when it was deleted, where the server keeps images', async () => {
    await start({ keepsImages: true })
    server.insert('shop', 'orders', order(1, 'one'), order(2, 'two'))
    await withRuns({ tap: following(['shop-orders'], { pre_images: 'when_available' }) }, async ({ run }) => {
      await run()
      changes.update('shop', 'orders', order(2, 'two', 5))
      server.remove('shop', 'orders', 1)
      expect(await linesOf(run, 'shop-orders')).to.deep.equal(['2,two,5,', '1,one,1,TIME'])
    })
  })

  for (const victim of ['tap', 'target'] as const) {
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      it(`loses nothing when the ${victim} gets ${signal} within a copy and within what follows it`, async () => {
        await start()
        for (let id = 1; id <= 9; id++) server.insert('shop', 'orders', order(id, 'copied'))
        await withRuns({ tap: following(['shop-orders'], { batch_size: 3 }) }, async (runs) => {
          const lines = await endedBy(runs, { victim, signal, command: 'find', count: 4 })
          server.replace('shop', 'orders', order(1, 'replaced'))
          server.remove('shop', 'orders', 5)
          lines.push(...(await endedBy(runs, { victim, signal, command: 'getMore', count: 2 })))
          server.insert('shop', 'orders', order(10, 'inserted'))
          server.remove('shop', 'orders', 2)
          lines.push(...(await linesOf(runs.run, 'shop-orders')))
          expect(alive(lines)).to.deep.equal([
            '1,replaced,1,',
            '3,copied,1,',
            '4,copied,1,',
            '6,copied,1,',
            '7,copied,1,',
            '8,copied,1,',
            '9,copied,1,',
            '10,inserted,1,',
          ])
          expect((await runs.run()).size).to.equal(0)
        })
      })
    }
  }

  interface End {
    readonly victim: 'tap' | 'target'
    readonly signal: 'SIGKILL' | 'SIGTERM'
    /** The signal comes when the server was asked so often. */
    readonly command: string
    readonly count: number
  }

  async function endedBy(runs: Runs, { victim, signal, command, count }: End): Promise<string[]> {
    const pipe = await runs.start()
    const both = Promise.all([pipe.tap.finished, pipe.target.finished])
    let left = count
    await new Promise<void>((resolve) => {
      server.answer = ({ name }) => {
        if (name !== command || --left > 0) return undefined
        resolve()
        return { delayMs: 500 }
      }
      both.then(() => resolve(), resolve)
    })
    pipe[victim].child.kill(signal)
    if (pipe[victim].child.exitCode === null) await once(pipe[victim].child, 'exit')
    server.answer = undefined
    await both
    return linesIn((await runs.written()).get('shop-orders'))
  }
})

async function linesOf(run: Runs['run'], stream: string): Promise<string[]> {
  return linesIn((await run()).get(stream))
}

/** Without headers. */
function linesIn(csv = ''): string[] {
  return withoutTime(csv)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('_id,'))
}

/** The log's time of a deletion is that of the test. */
function withoutTime(csv: string): string {
  return csv.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z/g, 'TIME')
}

function withoutTimes(files: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...files].map(([name, csv]) => [name, withoutTime(csv)]))
}

/** The last line of each document that is not deleted. */
function alive(lines: readonly string[]): string[] {
  const last = new Map(lines.map((line) => [Number(line.split(',')[0]), line]))
  return [...last].sort(([a], [b]) => a - b).flatMap(([, line]) => (line.endsWith('TIME') ? [] : [line]))
}
