import { BSON, Double, Long, ObjectId, Timestamp, UUID } from 'bson'
import { expect } from 'chai'
import { ConfigError, type Json, parseJson } from '../../singer/index.js'
import { fromExtendedJson } from '../../tap-mongo/settings/extended-json.js'

/** What goes to the server. */
function bytes(given: Json): string {
  return Buffer.from(BSON.serialize(fromExtendedJson(given))).toString('hex')
}

const oid = '507f1f77bcf86cd799439011'

const rows: readonly (readonly [title: string, text: string, value: unknown])[] = [
  ['numbers as the driver has them', '{"v": [1, 1.5, 3000000000]}', [1, 1.5, 3_000_000_000]],
  ['all digits of an integer', '{"v": 9007199254740993}', Long.fromString('9007199254740993')],
  ['a double that looks like an integer', '{"v": 1.0}', 1],
  ['texts, booleans, null', '{"v": ["a", true, null]}', ['a', true, null]],
  ['operators', '{"v": {"$gte": 1, "$regex": "^a", "$options": "i"}}', { $gte: 1, $regex: '^a', $options: 'i' }],
  ['the order of names', '{"v": {"b": 1, "a": {"d": 2, "c": 3}}}', { b: 1, a: { d: 2, c: 3 } }],
  ['an ObjectId', `{"v": {"$in": [{"$oid": "${oid}"}]}}`, { $in: [new ObjectId(oid)] }],
  ['a date as text', '{"v": {"$date": "2026-01-01T00:00:00Z"}}', new Date('2026-01-01T00:00:00Z')],
  ['a date as milliseconds', '{"v": {"$date": {"$numberLong": "-1"}}}', new Date(-1)],
  ['an int64', '{"v": {"$numberLong": "-9223372036854775808"}}', Long.MIN_VALUE],
  ['minus zero', '{"v": {"$numberDouble": "-0.0"}}', new Double(-0)],
  ['NaN', '{"v": {"$numberDouble": "NaN"}}', Number.NaN],
  ['a timestamp', '{"v": {"$timestamp": {"t": 4, "i": 2}}}', new Timestamp({ t: 4, i: 2 })],
  [
    'a UUID',
    '{"v": {"$uuid": "c8edabc3-f738-4ca3-b68d-ab92a91478a3"}}',
    new UUID('c8edabc3-f738-4ca3-b68d-ab92a91478a3'),
  ],
]

const wrong: readonly (readonly [text: string, message: string])[] = [
  ['{', 'is no JSON'],
  ['[]', 'is no JSON object'],
  [`{"$oid": "${oid}"}`, 'is no JSON object'],
  ['{"v": {"$oid": "xyz"}}', 'has a $oid that is none'],
  ['{"v": {"$date": "yesterday"}}', 'has a $date that is none'],
  ['{"v": {"$numberLong": "9223372036854775808"}}', 'has a $numberLong that is none'],
  ['{"v": {"$numberInt": "2147483648"}}', 'has a $numberInt that is none'],
  ['{"v": {"$numberDouble": "one"}}', 'has a $numberDouble that is none'],
  ['{"v": {"$numberDecimal": "one"}}', 'has a $numberDecimal that is none'],
  ['{"v": 1e400}', 'has a number that no double holds: write {"$numberDecimal": "…"}'],
]

describe('Extended JSON of the settings', () => {
  for (const [title, text, value] of rows) {
    it(`is read: ${title}`, () => {
      const expected = Buffer.from(BSON.serialize({ v: value })).toString('hex')
      expect(bytes(text)).to.equal(expected)
      expect(bytes(parseJson(text))).to.equal(expected)
    })
  }

  it('keeps inner names that JavaScript would treat as its own', () => {
    const inner = new Map<string, unknown>([['__proto__', new Map([['x', 1]])]])
    const expected = Buffer.from(BSON.serialize(new Map([['v', inner]]))).toString('hex')
    expect(bytes('{"v": {"__proto__": {"x": 1}}}')).to.equal(expected)
  })

  for (const [text, message] of wrong) {
    it(`refuses ${text}: ${message}`, () => {
      expect(() => fromExtendedJson(text)).to.throw(ConfigError, message)
    })
  }
})
