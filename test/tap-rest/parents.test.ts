import { expect } from 'chai'
import fc from 'fast-check'
import { type Json, type JsonObject, stableText } from '../../singer/index.js'
import type { Bookmark } from '../../singer/state.js'
import type { Incremental } from '../../tap-rest/settings/plan.js'
import { parentFields } from '../../tap-rest/sync/parents.js'
import type { Source } from '../../tap-rest/sync/source.js'
import { testContext } from './sending.js'
import { memorySource, paged, type Respond, read, type Settings, streamPlan } from './syncing.js'

const at = (n: number) => new Date(Date.UTC(2024, 0, 1) + n * 60_000).toISOString().replace('.000', '')

interface Family {
  readonly child: Source
  /** What was asked for the children: scope and lower bound. */
  readonly asked: { readonly parent: Json; readonly list: Json; readonly from: Json }[]
}

/** Children of parents; both answer from memory. `parents` are read anew with each run. */
async function family(
  parents: () => readonly JsonObject[],
  childrenOf: (parent: JsonObject, from: Json | undefined) => readonly (readonly JsonObject[])[],
  { parent: parentSettings = {}, ...settings }: Settings & { readonly parent?: Settings } = {},
): Promise<Family> {
  const context = testContext()
  const plan = streamPlan({ name: 'children', url: 'http://127.0.0.1/{parent.id}', ...settings })
  const parentPlan = streamPlan({ name: 'parents', ...parentSettings })
  const isChanged = plan.partition.childOfChanged
  const parentRespond: Respond = ({ from }) =>
    paged(
      parents().filter(({ updated_at: key }) => typeof from !== 'string' || String(key) >= from),
      3,
    )
  const asked = { fields: parentFields(plan), ...(isChanged ? {} : { key: undefined }) }
  const parent = await memorySource(parentPlan, parentRespond, { context, asked })
  const calls: Family['asked'] = []
  const child = await memorySource(
    plan,
    ({ scopes, from }) => {
      calls.push({ parent: scopes.parent ?? null, list: scopes.list ?? null, from: from ?? null })
      return childrenOf(scopes.parent as JsonObject, from)
    },
    { context, parent, stateRows: 0 },
  )
  return { child, asked: calls }
}

const twoEach = ({ id }: JsonObject) => [[{ id: `${id}-1` }], [{ id: `${id}-2` }]]
const numbered = (count: number) => Array.from({ length: count }, (_, id) => ({ id }))

describe('tap-rest parents', () => {
  it('gives each parent pages of its own, in the order of the parents, whatever the concurrency', async () => {
    for (const concurrency of [1, 2, 5]) {
      const { child } = await family(() => numbered(7), twoEach, { partition: { parent: 'parents', concurrency } })
      const { ids } = await read(child)
      expect(ids).to.deep.equal(numbered(7).flatMap(({ id }) => [`${id}-1`, `${id}-2`]))
    }
  })

  it('keeps of a parent only what is asked for, nested values and items of lists too', async () => {
    const parent = { id: 1, owner: { login: 'ada', plan: 'x' }, tags: ['a', 'b'], size: 10, other: 'not kept' }
    const { child, asked } = await family(() => [parent], twoEach, {
      url: 'http://127.0.0.1/{parent.owner.login}/{parent.tags[1]}',
      params: { size: '{parent.size}', gone: '{parent.gone}' },
      include: { owner: '{parent.owner}', id: '{parent.id}' },
    })
    await read(child)
    expect(asked.map((call) => call.parent)).to.deep.equal([
      { owner: { login: 'ada', plan: 'x' }, tags: { 1: 'b' }, size: 10, id: 1 },
    ])
  })

  it('adds columns from the parent, the list and the parameters before its own', async () => {
    const { child } = await family(() => numbered(2), twoEach, {
      partition: { parent: 'parents', list: ['x', 'y'] },
      include: { parent_id: '{parent.id}', kind: '{list}' },
    })
    const { records } = await read(child)
    expect(records.map((record) => Object.values(record).join())).to.deep.equal([
      ...['0,x,0-1', '0,x,0-2', '0,y,0-1', '0,y,0-2'],
      ...['1,x,1-1', '1,x,1-2', '1,y,1-1', '1,y,1-2'],
    ])
    expect(Object.keys(records[0] ?? {})).to.deep.equal(['parent_id', 'kind', 'id'])
  })

  it('asks for many parents at once, their fields being lists', async () => {
    const { child, asked } = await family(
      () => numbered(5),
      ({ id }) => [(id as number[]).map((each) => ({ id: each }))],
      { partition: { parent: 'parents', chunk: 2 }, url: 'http://127.0.0.1/?ids={parent.id|join(,)}' },
    )
    expect((await read(child)).ids).to.deep.equal([0, 1, 2, 3, 4])
    expect(asked.map(({ parent }) => parent)).to.deep.equal([{ id: [0, 1] }, { id: [2, 3] }, { id: [4] }])
  })

  it('reads grandchildren, who may ask for what their parent includes of its own', async () => {
    const context = testContext()
    const grandchildPlan = streamPlan({ url: 'http://127.0.0.1/{parent.org}/{parent.repo}' })
    const childPlan = streamPlan({ url: 'http://127.0.0.1/{parent.id}', include: { org: '{parent.id}' } })
    const orgs = await memorySource(streamPlan(), () => [[{ id: 'a' }, { id: 'b' }]], {
      ...{ context, asked: { fields: parentFields(childPlan) } },
    })
    const repos = await memorySource(childPlan, () => [[{ repo: 1 }], [{ repo: 2 }]], {
      ...{ context, parent: orgs, asked: { fields: parentFields(grandchildPlan) } },
    })
    const issues = await memorySource(grandchildPlan, ({ scopes }) => [[{ id: stableText(scopes.parent ?? null) }]], {
      ...{ context, parent: repos },
    })
    expect((await read(issues)).ids).to.deep.equal(
      ['a', 'b'].flatMap((org) => [1, 2].map((repo) => `{"org":"${org}","repo":${repo}}`)),
    )
  })

  it('stops reading parents when children fail', async () => {
    let pages = 0
    const { child } = await family(
      () => {
        pages++
        return numbered(3)
      },
      () => {
        throw new Error('404')
      },
      { partition: { parent: 'parents', concurrency: 2 } },
    )
    expect(String((await read(child)).failure)).to.contain('404')
    expect(pages).to.equal(1)
  })

  it('is ahead by one page for each of the children that are read at once, with 10,000 parents', async () => {
    let begun = 0
    let most = 0
    let taken = 0
    const { child } = await family(
      () => numbered(10_000),
      ({ id }) => {
        begun++
        most = Math.max(most, begun - taken)
        return [[{ id: id ?? null }]]
      },
      { partition: { parent: 'parents', concurrency: 4 } },
    )
    const { bookmarks } = await read(child, {
      stopAt({ records }) {
        taken = records
        return false
      },
    })
    expect(taken).to.equal(10_000)
    expect(most).to.be.at.most(5)
    expect(bookmarks).to.deep.equal([])
  })
})

/** Children with a key, of parents that come and go; the API filters by what it is asked for. */
class Tree {
  readonly parents = new Map<number, { id: number; updated_at: string }>()
  readonly children: { readonly id: string; readonly parent: number; readonly updated_at: string }[] = []

  add(parent: number, minute: number): void {
    if (!this.parents.has(parent)) this.parents.set(parent, { id: parent, updated_at: at(minute) })
    this.children.push({ id: `${parent}-${this.children.length}`, parent, updated_at: at(minute) })
  }

  read(settings: Settings & { readonly parent?: Settings }): Promise<Family> {
    const parents = () => [...this.parents.values()]
    const childrenOf = ({ id }: JsonObject, from: Json | undefined) =>
      paged(
        this.children.filter((each) => each.parent === id && (typeof from !== 'string' || each.updated_at >= from)),
        2,
      )
    return family(parents, childrenOf, { incremental: {}, ...settings })
  }
}

const treeOf = (...children: readonly (readonly [parent: number, minute: number])[]) => {
  const tree = new Tree()
  for (const [parent, minute] of children) tree.add(parent, minute)
  return tree
}

describe('tap-rest state of children', () => {
  const partition = (state: 'global' | 'per_parent' | 'none', concurrency = 1) => ({
    partition: { parent: 'parents', state, concurrency },
  })

  it('global: asks for all with the same bookmark, and moves it when all parents are done', async () => {
    const tree = treeOf([1, 5], [1, 9], [2, 7])
    const first = await tree.read(partition('global'))
    const { bookmark, bookmarks } = await read(first.child)
    expect(bookmarks).to.have.length(1)
    expect(bookmark).to.include({ replication_key: 'updated_at', replication_key_value: at(9) })
    tree.add(2, 10)
    const second = await tree.read(partition('global'))
    expect((await read(second.child, { bookmark })).ids).to.deep.equal(['2-3'])
    expect(second.asked.map(({ from }) => from)).to.deep.equal([at(9), at(9)])
  })

  it('global: does not take equal records of two parents for one', async () => {
    const same = { id: 'same', updated_at: at(1) }
    const run = async (bookmark: Bookmark, parents: readonly number[]) => {
      const settings = { incremental: {}, ...partition('global') }
      const { child } = await family(
        () => parents.map((id) => ({ id })),
        () => [[same]],
        settings,
      )
      return read(child, { bookmark })
    }
    const { bookmark } = await run({}, [1, 2])
    expect((await run(bookmark, [1, 3])).ids).to.deep.equal(['same'])
  })

  it('per_parent: a bookmark for each, those that are gone forgotten', async () => {
    const tree = treeOf([1, 5], [2, 7])
    const { bookmark } = await read((await tree.read(partition('per_parent'))).child)
    expect(Object.keys(bookmark)).to.have.members(['replication_key', 'per_parent'])
    expect(Object.values(bookmark.per_parent ?? {}).map((each) => each.replication_key_value)).to.have.members([
      at(5),
      at(7),
    ])

    tree.parents.delete(1)
    tree.add(3, 1)
    const { child, asked } = await tree.read(partition('per_parent'))
    const second = await read(child, { bookmark })
    expect(asked.map(({ from }) => from)).to.deep.equal([at(7), null])
    expect(second.ids).to.deep.equal(['3-2'])
    expect(Object.values(second.bookmark.per_parent ?? {})).to.have.length(2)
  })

  it('per_parent: keeps the bookmark of a parent without news', async () => {
    const tree = treeOf([1, 5])
    const { bookmark } = await read((await tree.read(partition('per_parent'))).child)
    expect((await read((await tree.read(partition('per_parent'))).child, { bookmark })).bookmark).to.deep.equal(
      bookmark,
    )
  })

  it('per_parent: gives no state before its time', async () => {
    const tree = treeOf(...numbered(50).map(({ id }) => [id, id] as const))
    const { child } = await tree.read(partition('per_parent'))
    const { bookmarks } = await read({ ...child, pace: { stateRows: 1, stateSeconds: 30 } })
    expect(bookmarks).to.have.length(1)
  })

  it("per_parent: goes on from the SDK's partitions, found by the values of their context", async () => {
    const sdk = (context: JsonObject, replication_key_value: string) => ({
      context,
      replication_key: 'updated_at',
      replication_key_value,
    })
    const bookmark = {
      partitions: [sdk({ issue_number: 2 }, at(6)), sdk({ issue_number: 1 }, at(4)), sdk({ issue_number: 8 }, at(1))],
    }
    const { child, asked } = await treeOf([1, 5], [2, 7], [3, 9]).read(partition('per_parent'))
    const { bookmarks, bookmark: after } = await read(child, { bookmark })
    expect(asked.map(({ from }) => from)).to.deep.equal([at(4), at(6), null])
    expect(bookmarks[0]?.bookmark).to.include.all.keys('partitions', 'per_parent')
    expect(after).to.not.have.any.keys('partitions')
  })

  it('per_parent: asks all parents with the bookmark that was one for all', async () => {
    const bookmark = { replication_key: 'updated_at', replication_key_value: at(3) }
    const { child, asked } = await treeOf([1, 5], [2, 7]).read(partition('per_parent'))
    const { bookmark: after } = await read(child, { bookmark })
    expect(asked.map(({ from }) => from)).to.deep.equal([at(3), at(3)])
    expect(after).to.not.have.any.keys('replication_key_value')
  })

  it('per_parent: begins anew with another key', async () => {
    const tree = treeOf([1, 5])
    const { bookmark } = await read((await tree.read(partition('per_parent'))).child)
    const { child, asked } = await tree.read(partition('per_parent'))
    await read(child, { bookmark: { ...bookmark, replication_key: 'created_at' } })
    expect(asked.map(({ from }) => from)).to.deep.equal([null])
    expect(child.context).to.have.nested.property('lines[0].message').that.contains('another one than in the state')
  })

  it('global: reads all, and says so, when the state has a bookmark for each parent', async () => {
    const tree = treeOf([1, 5])
    const { bookmark } = await read((await tree.read(partition('per_parent'))).child)
    const { child, asked } = await tree.read(partition('global'))
    const { bookmark: after } = await read(child, { bookmark })
    expect(asked.map(({ from }) => from)).to.deep.equal([null])
    expect(child.context).to.have.nested.property('lines[0].message').that.contains('a bookmark for each parent')
    expect(after.replication_key_value).to.equal(at(5))
  })

  it('none: reads from the start, always', async () => {
    const { child, asked } = await treeOf([1, 5]).read({ ...partition('none'), incremental: { start: at(2) } })
    const { bookmarks } = await read(child, {
      bookmark: { replication_key: 'updated_at', replication_key_value: at(9) },
    })
    expect(asked.map(({ from }) => from)).to.deep.equal([at(2)])
    expect(bookmarks).to.deep.equal([])
  })

  const kinds: readonly [Partial<Incremental>, 'global' | 'per_parent'][] = [
    [{}, 'global'],
    [{}, 'per_parent'],
    [{ order: 'asc' }, 'per_parent'],
    [{ step: { months: 0, ms: 10 * 60_000 }, start: at(0), format: 'iso_z' }, 'per_parent'],
    [{ step: { months: 0, ms: 10 * 60_000 }, start: at(0), format: 'iso_z' }, 'global'],
  ]

  it('completes the set from whatever state a killed run has left', async () => {
    const minute = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 60 }))
    const kills = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 })
    const property = fc.asyncProperty(
      fc.array(minute, { maxLength: 25 }),
      kills,
      fc.constantFrom(...kinds),
      fc.integer({ min: 1, max: 3 }),
      async (children, killedAt, [incremental, state], concurrency) => {
        const sorted = children.toSorted(([, a], [, b]) => a - b)
        const tree = treeOf(...sorted)
        const { child } = await tree.read({ ...partition(state, concurrency), incremental })
        const source = { ...child, startedAt: { units: BigInt(Date.parse(at(100))), scale: 3 } }
        const seen = new Set<unknown>()
        let bookmark: Bookmark = {}
        for (const kill of [...killedAt, Number.POSITIVE_INFINITY]) {
          const run = await read(source, { bookmark, stopAt: ({ bookmarks }) => bookmarks >= kill })
          expect(run.failure).to.equal(undefined)
          for (const id of run.ids) seen.add(id)
          bookmark = run.bookmark
        }
        expect(seen.size).to.equal(children.length)
        expect((await read(source, { bookmark })).ids).to.deep.equal([])
      },
    )
    await fc.assert(property, { numRuns: 150 })
  })
})

describe('tap-rest children of changed parents', () => {
  const settings = { partition: { parent: 'parents', childOfChanged: true }, parent: { incremental: {} } } as const

  async function run(tree: Tree, bookmark: Bookmark, stopAt?: (read: { records: number }) => boolean) {
    const { child, asked } = await tree.read({ ...settings, incremental: {} })
    const whole = { ...child, key: undefined }
    const result = await read(whole, { bookmark, ...(stopAt && { stopAt }) })
    return { ...result, parents: asked.map(({ parent }) => (parent as JsonObject).id) }
  }

  it('reads the children of parents that changed since theirs were read', async () => {
    const tree = treeOf([1, 1], [2, 2], [3, 3])
    const first = await run(tree, {})
    expect(first.parents).to.deep.equal([1, 2, 3])
    expect(first.bookmark.parent).to.include({ replication_key: 'updated_at', replication_key_value: at(3) })
    expect((await run(tree, first.bookmark)).parents).to.deep.equal([])
    tree.parents.set(1, { id: 1, updated_at: at(8) })
    expect((await run(tree, first.bookmark)).parents).to.deep.equal([1])
  })

  it('keeps the bookmarks of parents that did not change', async () => {
    const tree = treeOf([1, 1], [2, 2])
    const perParent = { ...settings.partition, state: 'per_parent' as const }
    const both = { ...settings, partition: perParent, incremental: {} }
    const { bookmark } = await read((await tree.read(both)).child)
    tree.add(2, 9)
    tree.parents.set(2, { id: 2, updated_at: at(9) })
    const second = await read((await tree.read(both)).child, { bookmark })
    expect(second.ids).to.deep.equal(['2-2'])
    expect(Object.values(second.bookmark.per_parent ?? {})).to.have.length(2)
  })

  it('does not forget parents whose children a killed run has not reached', async () => {
    const tree = treeOf([1, 1], [2, 2], [3, 3])
    const killed = await run(tree, {}, ({ records }) => records >= 1)
    expect(killed.bookmark).to.deep.equal({})
    expect((await run(tree, killed.bookmark)).parents).to.deep.equal([1, 2, 3])
  })
})
