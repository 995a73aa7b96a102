import { setTimeout as sleep } from 'node:timers/promises'
import { deserialize, Timestamp } from 'bson'
import { expect } from 'chai'
import { SourceError } from '../../singer/index.js'
import { fieldAt, rawValueOf } from '../../tap-mongo/bson/raw-value.js'
import { ConnectionLostError } from '../../tap-mongo/failures.js'
import { behind } from '../../tap-mongo/keyset.js'
import { cursorPages, firstDocument, pages, type Query } from '../../tap-mongo/reading/pages.js'
import type { Source } from '../../tap-mongo/source.js'
import { recordedLog } from '../singer/recorded-log.js'
import { failure } from '../support/mongo/refusal.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Command, Scripted, ScriptedOptions } from '../support/mongo/types.js'
import { type Given, streamOf, withDeployment } from './connecting.js'
import { sourceOf } from './whole-collections.js'

const stream = streamOf('shop', 'orders')
const all: Query = { filter: {}, sort: { _id: 1 } }
const byId = (last: Buffer | undefined): Query => ({
  ...all,
  filter: last ? behind('_id', fieldAt(last, ['_id']) ?? rawValueOf(null)) : {},
})

describe('tap-mongo pages', () => {
  let server: Scripted
  afterEach(() => server.close())

  async function withSource<T>(
    { options = {}, more = {}, ...given }: Given & { options?: ScriptedOptions; more?: Partial<Source> },
    use: (source: Source) => Promise<T>,
  ): Promise<T> {
    server = await startScripted(options)
    return withDeployment(server, given, (common) => use(sourceOf(common, stream, more)))
  }

  function insert(count: number, size = 10): void {
    const text = 'x'.repeat(size)
    server.insert('shop', 'orders', ...Array.from({ length: count }, (_, _id) => ({ _id, text })))
  }

  const finds = (): Command[] => server.commands.filter(({ name }) => name === 'find')

  it('hold no more documents than batch_size, and about as many bytes as checkpoint_bytes', async () => {
    await withSource({ settings: { batch_size: 1500, checkpoint_bytes: 100_000 } }, async (source) => {
      insert(3000, 230)
      const sizes: number[] = []
      for await (const page of pages(source, byId)) sizes.push(page.length)
      expect(sizes.slice(0, 2)).to.deep.equal([1000, 392])
      expect(Math.max(...sizes.slice(1))).to.be.at.most(400)
      expect(sizes.reduce((sum, size) => sum + size)).to.equal(3000)
    })
  })

  it('go on when the server cuts a reply at 16 MB', async () => {
    await withSource({ settings: { checkpoint_bytes: 2 ** 30 } }, async (source) => {
      insert(5, 7 << 20)
      const sizes: number[] = []
      for await (const page of pages(source, byId)) sizes.push(page.length)
      expect(sizes).to.deep.equal([2, 2, 1])
    })
  })

  it('are read one ahead, and no further', async () => {
    await withSource({ settings: { batch_size: 2 } }, async (source) => {
      insert(10)
      const reading = pages(source, byId)
      for (const wanted of [2, 3, 4]) {
        await reading.next()
        await sleep(50)
        expect(finds()).to.have.length(wanted)
      }
      await reading.return(undefined)
    })
  })

  it('leave the projection and the sort to the server', async () => {
    await withSource({ more: { projection: { text: 0 } } }, async (source) => {
      insert(1)
      for await (const [document] of pages(source, byId)) {
        expect(document && deserialize(document)).to.deep.equal({ _id: 0 })
      }
    })
  })

  it('are asked for again, so often and no more, when the connection is lost', async () => {
    const log = recordedLog()
    await withSource({ pace: { attempts: 3 }, log }, async (source) => {
      insert(3)
      server.answer = ({ name }) => (name === 'find' ? 'drop' : undefined)
      const failed = await outcome(firstDocument(source, all))
      expect(failed).to.be.instanceOf(ConnectionLostError)
      expect(finds()).to.have.length(3)
      expect(log.lines.filter((line) => line.includes('trying again'))).to.have.length(2)
      server.answer = () => (finds().length === 4 ? 'drop' : undefined)
      expect(await firstDocument(source, all)).to.deep.equal(server.documents('shop', 'orders')[0])
    })
  })

  it('fail with the name of the collection and what the server said, at once', async () => {
    await withSource({}, async (source) => {
      server.answer = ({ name }) => (name === 'find' ? failure(13, 'Unauthorized', 'not authorized') : undefined)
      const problem = await outcome(firstDocument(source, all))
      expect(problem).to.be.instanceOf(SourceError)
      expect(String(problem)).to.include('read collection shop.orders: not authorized')
      expect(finds().length).to.be.at.most(2)
    })
  })

  it('give a page before they fail with what comes behind it', async () => {
    await withSource({ settings: { batch_size: 1 } }, async (source) => {
      insert(2)
      const reading = pages(source, (last) => {
        if (last) throw new SourceError('no place')
        return all
      })
      expect((await reading.next()).value).to.have.length(1)
      expect(String(await outcome(reading.next()))).to.include('no place')
    })
  })

  it('end without a word when the run is aborted while the server says nothing', async () => {
    const abort = new AbortController()
    await withSource({ signal: abort.signal, settings: { batch_size: 1 } }, async (source) => {
      insert(2)
      const reading = pages(source, byId)
      server.answer = () => (finds().length > 1 ? 'hang' : undefined)
      await reading.next()
      const next = reading.next()
      abort.abort()
      expect(await next).to.deep.equal({ value: undefined, done: true })
    })
  })

  it('read what a majority has, at the time that is asked for or later', async () => {
    await withSource({}, async (source) => {
      insert(1)
      await firstDocument(source, all)
      const notBefore = new Timestamp({ t: 5, i: 6 })
      await firstDocument(source, { ...all, notBefore })
      expect(finds().map(({ body }) => body.readConcern)).to.deep.equal([
        { level: 'majority' },
        { level: 'majority', afterClusterTime: notBefore },
      ])
    })
  })

  it('ask without a read concern once the server has refused one', async () => {
    await withSource({}, async (source) => {
      insert(1)
      server.answer = ({ name, body }) =>
        name === 'find' && body.readConcern ? failure(72, 'InvalidOptions', 'what is a majority?') : undefined
      for (let i = 0; i < 3; i++) expect(await firstDocument(source, all)).to.be.instanceOf(Buffer)
      expect(finds().map(({ body }) => body.readConcern !== undefined)).to.deep.equal([true, false, false, false])
    })
  })

  it('leave types out that the server refuses to search for', async () => {
    await withSource({}, async (source) => {
      insert(3)
      server.answer = ({ name, raw }) => {
        const knowsAll = !JSON.stringify(deserialize(raw)).match(/"\$type":\[[^\]]*\b1[23]\b/)
        return name === 'find' && !knowsAll ? failure(2, 'BadValue', 'unknown type') : undefined
      }
      const ids: unknown[] = []
      for await (const page of pages(source, byId)) ids.push(...page.map((document) => deserialize(document)._id))
      expect(ids).to.deep.equal([0, 1, 2])
      const asked = finds().length
      for await (const page of pages(source, byId)) expect(page).to.have.length(3)
      expect(finds().length - asked).to.equal(2)
    })
  })

  it('read from the primary where the server cannot wait for a time', async () => {
    await withSource(
      { options: { hasSessions: false }, settings: { read_preference: 'secondaryPreferred' } },
      async (source) => {
        insert(1)
        await firstDocument(source, all)
        await firstDocument(source, { ...all, notBefore: new Timestamp({ t: 5, i: 6 }) })
        const asked = finds().map(({ body }) => [body.$readPreference?.mode ?? 'primary', body.readConcern])
        const majority = { level: 'majority' }
        expect(asked).to.deep.equal([
          ['secondaryPreferred', majority],
          ['primary', majority],
        ])
      },
    )
  })

  it('of a view stand in one cursor, which ends with the reader', async () => {
    await withSource({ settings: { batch_size: 2 } }, async (source) => {
      insert(5)
      const sizes: number[] = []
      for await (const page of cursorPages(source, { filter: {}, sort: {} })) sizes.push(page.length)
      expect(sizes).to.deep.equal([2, 2, 1])
      for await (const page of cursorPages(source, { filter: {}, sort: {} })) {
        expect(page).to.have.length(2)
        expect(server.openCursors).to.equal(1)
        break
      }
      expect(server.openCursors).to.equal(0)
    })
  })

  it('of a view end without a word when the run is aborted', async () => {
    const abort = new AbortController()
    await withSource({ signal: abort.signal, settings: { batch_size: 2 } }, async (source) => {
      insert(5)
      server.answer = ({ name }) => (name === 'getMore' ? 'hang' : undefined)
      const reading = cursorPages(source, { filter: {}, sort: {} })
      expect((await reading.next()).value).to.have.length(2)
      const next = reading.next()
      await sleep(20)
      abort.abort()
      expect(await next).to.deep.equal({ value: undefined, done: true })
    })
  })
})

async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (problem) {
    return problem
  }
}
