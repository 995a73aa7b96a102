import { EJSON } from 'bson'
import { expect } from 'chai'
import { toBson } from './elements.js'
import { all, facts, none, values } from './filter-facts.js'
import { matcher } from './match.js'

describe('filters', () => {
  const documents = all.map((name) => [name, toBson(values[name] === none ? {} : { v: values[name] })] as const)
  const matching = (filter: object) =>
    documents.flatMap(([name, document]) => (matcher(toBson(filter))(document) ? [name] : []))

  for (const [condition, holds] of facts) {
    const title = EJSON.stringify({ v: condition }, { relaxed: true })
    it(`${title} matches ${holds.length === all.length ? 'everything' : holds.join(', ') || 'nothing'}`, () => {
      expect(matching({ v: condition })).to.deep.equal(holds)
    })
  }

  it('are joined', () => {
    expect(matching({ $or: [{ v: 'a' }, { v: { $gt: 2 } }] })).to.deep.equal([
      'decimalThree',
      'highest',
      'text',
      'array',
    ])
    expect(matching({ $and: [{ v: { $gte: 1 } }, { v: { $lt: 2 } }] })).to.deep.equal(['one', 'array'])
    expect(matching({ $nor: [{ v: { $exists: true } }] })).to.deep.equal(['none'])
  })

  const paths: [path: string, document: object, condition: unknown, holds: boolean][] = [
    ['a.b', { a: { b: 1 } }, 1, true],
    ['a.b', { a: [{ b: 2 }, { b: 1 }] }, 1, true],
    ['a.b', { a: [{ b: [1] }] }, 1, true],
    ['a.0', { a: [1, 2] }, 1, true],
    ['a.1', { a: [1, 2] }, 1, false],
    ['a.1.b', { a: [0, { b: 1 }] }, 1, true],
    ['a.b', { a: [{}, { b: 1 }] }, null, true],
    ['a.b', { a: [1] }, null, false],
    ['a.b', { a: 1 }, null, true],
    ['a.b', { a: [{ b: 1 }] }, { $exists: true }, true],
    ['a.b', { a: [{ b: 1 }, { b: 5 }] }, { $ne: 1 }, false],
    ['a', { a: [[1]] }, [1], true],
    ['a', { a: [[1]] }, 1, false],
  ]
  for (const [path, document, condition, holds] of paths) {
    const filter = { [path]: condition }
    it(`${JSON.stringify(filter)} ${holds ? 'matches' : 'does not match'} ${JSON.stringify(document)}`, () => {
      expect(matcher(toBson(filter))(toBson(document))).to.equal(holds)
    })
  }

  it('that are not known are refused', () => {
    for (const filter of [
      { $where: '' },
      { v: { $regex: 'a' } },
      { v: /a/ },
      { v: { $in: 1 } },
      { v: { $type: 'x' } },
    ]) {
      expect(() => matcher(toBson(filter)), JSON.stringify(filter)).to.throw()
    }
  })
})
