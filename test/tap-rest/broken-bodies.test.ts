import { expect } from 'chai'
import fc from 'fast-check'
import { query } from 'jsonpath-rfc9535'
import { JsonError } from '../../singer/json-syntax.js'
import { pageOf, reader, records, refusal, response } from './reading-pages.js'

/** What stands where a value must be. */
const brokenValues: readonly string[] = [
  '',
  'x',
  'nul',
  'nulll',
  'True',
  'NaN',
  'Infinity',
  '-Infinity',
  '-',
  '+1',
  '.5',
  '1.',
  '1.e5',
  '01',
  '-01',
  '1e',
  '1e+',
  '0x10',
  "'x'",
  '"x',
  '"\t"',
  '"\u0000"',
  '"\n"',
  '"\\x"',
  '"\\u12"',
  '"\\u12g4"',
  '[1,]',
  '[,1]',
  '[,]',
  '[1',
  '[1 2]',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a\t":1}',
  '{"a\\q":1}',
  '{a:1}',
  '{1:1}',
  '{"a":1',
  '{"a" 1}',
  '{"a"::1}',
  '{,}',
  '[1}',
  '{]',
  '1,',
  '1,,2',
  '1 2',
  '1}',
  '1]',
  '/**/1',
  '\u00a01',
  '\ufeff1',
]

/** Each of them with `V` for the broken value. */
const places: readonly [string, string][] = [
  ['in a record', '{"data":[{"id":1,"v":V}]}'],
  ['in a wanted field', '{"data":[{"id":V}]}'],
  ['beside a wanted field', '{"data":[{"user":{"id":1,"v":V}}]}'],
  ['beside the records', '{"v":V,"data":[]}'],
  ['after the records', '{"data":[],"v":[V]}'],
  ['in place of the records', '{"data":V}'],
  ['among the records', '{"data":[{},V,{}]}'],
]

const problems: readonly [string, string | Buffer, string][] = [
  ['a token that is none', '{"data":[{"v":NaN}]}', 'no JSON value where one must stand, at byte 14'],
  ['a control character', '{"data":[{"v":"a\u0001"}]}', 'a control character in a string, at byte 16'],
  ['bytes that are no UTF-8', Buffer.from('{"data":[{"v":"aé\xff"}]}', 'latin1'), 'is no UTF-8, at byte 16'],
  ['half a character', Buffer.from('{"data":[{"v":"é').subarray(0, -1), 'is no UTF-8, at byte 15'],
  [
    'more than one value',
    '{"data":[]} {"data":[]}',
    'more text after its end, at byte 12; objects one after another are',
  ],
  ['text after its end', '{"data":[]};', 'more text after its end, at byte 11'],
  ['an end that is missing', '{"data":[{"v":"secret', 'it ends too early, at byte 21'],
  ['a byte order mark before it', '\ufeff{"data":[{"v":-}]}', 'no digit where a number needs one, at byte 18'],
  ['513 levels', `{"data":[${'['.repeat(511)}`, 'values nested deeper than 512 levels, at byte 519'],
  ['a million levels', `{"data":${'[{"a":'.repeat(500_000)}`, 'nested deeper than 512 levels'],
  ['a million levels in a wanted field', `{"data":[${'{"user":'.repeat(1_000_000)}`, 'nested deeper than 512 levels'],
]

const wanted = [['id'], ['user', 'id'], ['user', 'user', 'user']]

describe('tap-rest: takes nothing for JSON that is none', () => {
  for (const [place, body] of places) {
    it(place, async () => {
      for (const value of brokenValues) {
        const broken = body.replace('V', () => value)
        if (isJson(broken)) continue
        for (const path of ['data', 'auto', 'data[?@.id]', 'other.path']) {
          const message = await refusal(pageOf(broken, { records: path, wanted, isOptional: true }))
          expect(message, `${broken} at ${path}`).to.match(/^stream s: the answer of .* is no JSON: .*, at byte \d+/)
        }
      }
    })
  }

  for (const [title, body, problem] of problems) {
    it(`${title}, and says where`, async () => {
      const message = await refusal(pageOf(body, { records: 'data', wanted }))
      expect(message).to.include(problem).and.not.include('secret')
    })
  }

  it('takes values of 512 levels', async () => {
    const body = `{"data":[{"v":${'['.repeat(509)}${']'.repeat(509)}}]}`
    for (const path of ['data', 'data[?@.v]', 'auto']) expect((await pageOf(body, { records: path })).count).to.equal(1)
  })
})

const body = fc
  .array(fc.dictionary(fc.string({ unit: 'binary' }), fc.json({ stringUnit: 'binary', maxDepth: 2 })), { maxLength: 3 })
  .map((items) => `{"before":[{}],"data":[${items.map(objectText).join()}],"after":{"data":null}}`)

describe('tap-rest: JSON bodies of any kind', () => {
  it('hold the records that JSON.parse sees, whatever the path and the space between tokens', async () => {
    const names = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.nat(4),
        async (path, items, indent) => {
          const value = path.reduceRight<unknown>((inner, name) => ({ a: [0], [name]: inner, b: { [name]: 1 } }), items)
          const text = JSON.stringify(value, null, indent)
          // The last of equal names wins where the names are `a` or `b`.
          const expected = path.reduce<unknown>((inner, name) => memberOf(inner, name), JSON.parse(text))
          if (!Array.isArray(expected) || path.some((name) => name === 'a' || name === 'b')) return
          const page = await pageOf(text, { records: `$${path.map((name) => `[${JSON.stringify(name)}]`).join('')}` })
          expect(records(page).map((record) => JSON.parse(record))).to.deep.equal(expected)
          expect(records(page).join('')).not.to.match(/[\r\n]/)
        },
      ),
    )
  })

  it('hold the records that JSONPath selects in what JSON.parse sees', async () => {
    const items = fc.array(fc.dictionary(fc.constantFrom('a', 'b', '2', '1', 'n'), fc.jsonValue({ maxDepth: 2 })))
    const open = await Promise.all(queries.map((records) => reader({ records, isOptional: true })))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('data', 'more', '10', '9'), items), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        for (const [i, path] of queries.entries()) {
          const selected = query(JSON.parse(text), path).flat().map(asText)
          const found = orRefusal(() => open[i]?.read(response(text)))
          if (found !== undefined)
            expect(records(found).map((record) => asText(JSON.parse(record)))).to.have.members(selected)
          else expect(selected.every((each) => each.startsWith('{'))).to.equal(false)
        }
      }),
    )
  })

  it('keep each digit of each number', async () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][-+]?\d{1,4})?$/)
    await fc.assert(
      fc.asyncProperty(fc.array(digits), async (numbers) => {
        const all = numbers.map((number) => `{"n":[${number}],"id":${number}}`)
        const page = await pageOf(`{"data": [${all.join(' , ')}]}`, { records: 'data', wanted: [['id']] })
        expect(records(page)).to.deep.equal(all)
        expect(numbers.map((_, i) => String(page.field(i, 0)))).to.deep.equal(numbers)
      }),
    )
  })

  it('are refused when anything is missing at their end', async () => {
    const open = await reader({ records: 'data', wanted })
    fc.assert(
      fc.property(body, (text) => {
        const bytes = Buffer.from(text)
        for (let length = 1; length < bytes.length; length++) {
          const page = orRefusal(() => open.read(response(bytes.subarray(0, length))))
          if (page !== undefined) throw new Error(`the first ${length} bytes of ${text} are taken for all`)
        }
        expect(open.read(response(bytes)).count).to.be.at.least(0)
      }),
      { numRuns: 20 },
    )
  })

  it('with any byte changed, never give a record that JSON.parse refuses', async () => {
    const open = await reader({ records: 'data', isOptional: true, wanted })
    let good = 0
    fc.assert(
      fc.property(body, fc.nat(), fc.nat(255), (text, where, byte) => {
        const bytes = Buffer.from(text)
        bytes[where % bytes.length] = byte
        const page = orRefusal(() => open.read(response(bytes)))
        expect(page !== undefined || isRefusedBy(bytes), text).to.equal(true)
        if (page === undefined) return
        good++
        for (const record of records(page)) expect(JSON.parse(record)).to.be.an('object')
        expect(JSON.parse(bytes.toString())).to.be.an('object')
      }),
      { numRuns: 2000 },
    )
    expect(good).to.be.greaterThan(100)
  })
})

const queries = ['$.data[?@.a]', '$.data[?@.a == 1 || @["2"] < @.n]', '$.*[1:3]', '$..[?@.b].a', '$["10","data"][-1]']

function asText(value: unknown): string {
  return JSON.stringify(value)
}

function objectText(members: Record<string, string>): string {
  return `{${Object.entries(members).map(([key, value]) => `${JSON.stringify(key)}:${value}`)}}`
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** No JSON, no UTF-8, or JSON with something else than objects at the path: what the scan may refuse. */
function isRefusedBy(bytes: Buffer): boolean {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return !Array.isArray(value.data) || !value.data.every((item: unknown) => typeof item === 'object' && item !== null)
  } catch {
    return true
  }
}

function orRefusal<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (cause) {
    expect(cause).not.to.be.instanceOf(JsonError)
    expect(cause).to.have.property('name', 'SourceError')
    return undefined
  }
}
