import { expect } from 'chai'
import type { State } from '../../singer/index.js'
import type { Expected } from './expected.js'
import { followPlace } from './follow.js'
import type { Place } from './place.js'
import type { SoakTable } from './tables.js'

// A table of the rows 0 … 4, whose state says from which row on to read.
const rows = ['0', '1', '2', '3', '4']
const expected: Expected = {
  count: rows.length,
  places: rows.length,
  placeOf: ([id]) => (rows.includes(String(id)) ? Number(id) : undefined),
  copiesAt: () => 1,
  startOf: (state) => Number(state.start),
  isComplete: () => false,
}
const table: SoakTable = { kind: 'int key', database: 'd', name: 't', stream: 'd-t', columns: ['id'], key: ['id'] }

interface Run {
  /** Object → its text. */
  readonly objects: Readonly<Record<string, string>>
  readonly unfinished?: readonly string[]
  readonly state?: State
  readonly mayLeave?: boolean
  /** How the place looks when it has settled. */
  readonly late?: Pick<Run, 'objects'>
}

function follower() {
  let now: Run = { objects: {} }
  const place: Place = {
    config: {},
    objects: async () => new Map(Object.entries(now.objects)),
    read: async (name) => Buffer.from(now.objects[name] ?? ''),
    unfinished: async () => [...(now.unfinished ?? [])],
    async settle() {
      now = { ...now, ...now.late }
    },
  }
  const following = followPlace(place, table, expected)
  return {
    ...following,
    async see(...runs: readonly Run[]) {
      for (now of runs) await following.afterRun(now.state, now.mayLeave ?? false)
    },
    async seeNothingNew(run: Run) {
      now = run
      await following.checkNothingNew()
    },
  }
}

const first = { a: 'id\n0\n1\n2\n' }
const cut = { objects: first, state: { start: 2 } }

async function failureOf(promise: Promise<void>): Promise<string> {
  return promise.then(
    () => 'none',
    (cause: Error) => cause.message,
  )
}

describe('the eyes of the soak', () => {
  it('see that rows came again, where they may', async () => {
    const { see, checkComplete } = follower()
    await see(cut, { objects: { ...first, b: 'id\n2\n3\n4\n' } })
    expect(checkComplete(false)).to.deep.equal({ objects: 2, duplicates: 1 })
  })

  const breaches: [string, Run[], RegExp][] = [
    ['a row of no table', [{ objects: { a: 'id\n7\n' } }], /row 2 is not in the table/],
    ['half a row', [{ objects: { a: 'id\n1' } }], /object a: CSV/],
    ['an object without header', [{ objects: { a: '' } }], /empty/],
    ['another header', [{ objects: { a: 'name\n' } }], /header is name/],
    ['a state beyond the rows', [{ objects: first, state: { start: 4 } }], /row 3 is missing/],
    ['a row twice in one run', [{ objects: { a: 'id\n1\n1\n' } }], /row 1 came 2 times/],
    ['rows again that the state covers', [cut, { objects: { ...first, b: 'id\n1\n' } }], /row 1 came 1 times/],
    ['a changed object', [cut, { objects: { a: 'id\n0\n1\n' } }], /object a of an earlier run has changed/],
    ['a vanished object', [cut, { objects: {} }], /object a of an earlier run has changed/],
    ['something unfinished', [{ objects: {}, unfinished: ['a.tmp'] }], /left unfinished: a.tmp/],
  ]
  for (const [what, runs, message] of breaches) {
    it(`see ${what}`, async () => expect(await failureOf(follower().see(...runs))).to.match(message))
  }

  it('forgive what a killed target left', async () => {
    const left = { objects: {}, unfinished: ['a.tmp'] }
    await follower().see({ ...left, mayLeave: true }, left)
  })

  it('count an object that appears after the kill to the killed run', async () => {
    const { see, checkComplete } = follower()
    const all = { a: 'id\n0\n1\n2\n3\n4\n' }
    await see({ objects: {}, mayLeave: true, late: { objects: all } }, { objects: { ...all, b: all.a } })
    expect(checkComplete(false)).to.deep.equal({ objects: 2, duplicates: 5 })
  })

  it('see a row that never came', async () => {
    const { see, checkComplete } = follower()
    await see({ objects: first })
    expect(() => checkComplete(false)).to.throw('row 3 of 5 is missing')
  })

  it('want every row in the last run where it began anew', async () => {
    const { see, checkComplete } = follower()
    await see({ objects: first }, { objects: { ...first, b: 'id\n2\n3\n4\n' } })
    expect(() => checkComplete(true)).to.throw('row 0 of 5 is missing')
  })

  it('see a further run that wrote', async () => {
    const { see, seeNothingNew } = follower()
    await see(cut)
    expect(await failureOf(seeNothingNew(cut))).to.equal('none')
    expect(await failureOf(seeNothingNew({ objects: { ...first, b: 'id\n' } }))).to.match(/a further run wrote b/)
  })
})
