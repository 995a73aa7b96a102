import { expect } from 'chai'
import { ConfigError, type JsonObject } from '../../singer/index.js'
import { projectionOf } from '../../tap-mongo/reading/projection.js'
import { streamOf } from './connecting.js'

const stream = streamOf('db', 'c', { replicationKey: 'at.day' })

describe('tap-mongo projections', () => {
  // biome-ignore format: one fact a line
  const kept: readonly (readonly [title: string, given: JsonObject, found: JsonObject])[] = [
    ['of nothing stays one of everything', {}, {}],
    ['that leaves out other fields stays', { note: 0, x: false }, { note: 0, x: false }],
    ['that names the key stays', { 'at.day': 1 }, { 'at.day': 1 }],
    ['that names what holds the key stays', { at: 1, note: 1 }, { at: 1, note: 1 }],
    ['that names others gets the key', { note: 1 }, { note: 1, 'at.day': 1 }],
    ['of the _id alone gets the key', { _id: 1 }, { _id: 1, 'at.day': 1 }],
  ]
  for (const [title, projection, found] of kept) {
    it(`one ${title}`, () => {
      expect(numbers(projectionOf(stream, { projection }))).to.deep.equal(found)
    })
  }

  it('a part of an array alone leaves the key where it is, and beside named fields it does not', () => {
    const part = { $slice: 1 }
    expect(Object.keys(projectionOf(stream, { projection: { list: part } }) ?? {})).to.deep.equal(['list'])
    const named = projectionOf(stream, { projection: { list: part, note: 1 } })
    expect(Object.keys(named ?? {})).to.deep.equal(['list', 'note', 'at.day'])
  })

  // biome-ignore format: one fact a line
  const refused: readonly (readonly [title: string, given: JsonObject, what: string])[] = [
    ['_id', { _id: 0 }, '_id'],
    ['the key', { 'at.day': 0 }, 'at.day'],
    ['what holds the key', { at: 0 }, 'at.day'],
  ]
  for (const [title, projection, what] of refused) {
    it(`must not leave out ${title}`, () => {
      expect(() => projectionOf(stream, { projection })).to.throw(
        ConfigError,
        `db-c: its projection leaves out ${what}`,
      )
    })
  }
})

/** As plain JSON. */
function numbers(projection: object | undefined): unknown {
  return projection && JSON.parse(JSON.stringify(projection))
}
