import * as bson from 'bson'
import { expect } from 'chai'
import { toBson } from './elements.js'
import { matcher } from './match.js'

const decimal = (text: string) => bson.Decimal128.fromString(text)
const none = { wanted: 'missing' }
const values = {
  minKey: new bson.MinKey(),
  null: null,
  none,
  nan: Number.NaN,
  decimalNan: decimal('NaN'),
  lowest: -Infinity,
  one: 1,
  longTwo: bson.Long.fromNumber(2),
  decimalThree: decimal('3.0'),
  highest: Infinity,
  empty: '',
  text: 'a',
  object: { a: 1 },
  array: [1, 'a'],
  emptyArray: [],
  binary: new bson.Binary(Buffer.from('ab')),
  id: new bson.ObjectId('0'.repeat(24)),
  false: false,
  true: true,
  date: new Date(0),
  timestamp: new bson.Timestamp({ t: 1, i: 1 }),
  code: new bson.Code('x'),
  maxKey: new bson.MaxKey(),
}
type Name = keyof typeof values
const all = Object.keys(values) as Name[]
const but = (...names: Name[]) => all.filter((name) => !names.includes(name))

/** A condition on `v`, and the values for which it holds. */
const facts: [condition: unknown, holds: Name[]][] = [
  [{ $gt: 1 }, ['longTwo', 'decimalThree', 'highest']],
  [{ $gte: 1 }, ['one', 'longTwo', 'decimalThree', 'highest', 'array']],
  [{ $gte: -Infinity }, ['lowest', 'one', 'longTwo', 'decimalThree', 'highest', 'array']],
  [{ $lt: 1 }, ['lowest']],
  [{ $lte: decimal('2') }, ['lowest', 'one', 'longTwo', 'array']],
  [Number.NaN, ['nan', 'decimalNan']],
  [{ $gte: Number.NaN }, ['nan', 'decimalNan']],
  [{ $lte: decimal('NaN') }, ['nan', 'decimalNan']],
  [{ $gt: Number.NaN }, []],
  [{ $lt: Number.NaN }, []],
  [{ $in: [Number.NaN, 'b'] }, ['nan', 'decimalNan']],
  [{ $gte: '' }, ['empty', 'text', 'array']],
  [{ $gt: '' }, ['text', 'array']],
  [{ $gte: {} }, ['object']],
  [{ $gte: [] }, ['array', 'emptyArray']],
  [{ $gte: new bson.Binary(Buffer.alloc(0)) }, ['binary']],
  [{ $gte: new bson.ObjectId('0'.repeat(24)) }, ['id']],
  [{ $gt: new bson.ObjectId('0'.repeat(24)) }, []],
  [{ $gte: false }, ['false', 'true']],
  [{ $gt: false }, ['true']],
  [{ $gte: new Date(-8.64e15) }, ['date']],
  [{ $gte: new bson.Timestamp({ t: 0, i: 0 }) }, ['timestamp']],
  [{ $gte: new bson.Code('') }, ['code']],
  [null, ['null', 'none']],
  [{ $eq: null }, ['null', 'none']],
  [{ $gte: null }, ['null', 'none']],
  [{ $lte: null }, ['null', 'none']],
  [{ $gt: null }, []],
  [{ $ne: null }, but('null', 'none')],
  [{ $in: [null, 1] }, ['null', 'none', 'one', 'array']],
  [{ $nin: [null, 1] }, but('null', 'none', 'one', 'array')],
  [{ $gte: new bson.MinKey() }, all],
  [{ $gt: new bson.MinKey() }, but('minKey')],
  [{ $lte: new bson.MaxKey() }, all],
  [{ $lt: new bson.MaxKey() }, but('maxKey')],
  [{ $lte: new bson.MinKey() }, ['minKey']],
  [{ $gte: new bson.MaxKey() }, ['maxKey']],
  [{ $exists: true }, but('none')],
  [{ $exists: 0 }, ['none']],
  [{ $not: { $gte: 1 } }, but('one', 'longTwo', 'decimalThree', 'highest', 'array')],
  [{ $ne: 1 }, but('one', 'array')],
  [{ $gte: 1, $lte: 2 }, ['one', 'longTwo', 'array']],
  [{ $type: 'number' }, ['nan', 'decimalNan', 'lowest', 'one', 'longTwo', 'decimalThree', 'highest', 'array']],
  [{ $type: 'array' }, ['array', 'emptyArray']],
  [{ $type: ['null', 8] }, ['null', 'false', 'true']],
  [{ $type: [-1, 127] }, ['minKey', 'maxKey']],
  [{ a: 1 }, ['object']],
  [{ a: bson.Long.fromNumber(1) }, ['object']],
  [{ a: 2 }, []],
  [[1, 'a'], ['array']],
]

describe('filters', () => {
  const documents = all.map((name) => [name, toBson(values[name] === none ? {} : { v: values[name] })] as const)
  const matching = (filter: object) =>
    documents.flatMap(([name, document]) => (matcher(toBson(filter))(document) ? [name] : []))

  for (const [condition, holds] of facts) {
    const title = bson.EJSON.stringify({ v: condition }, { relaxed: true })
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
