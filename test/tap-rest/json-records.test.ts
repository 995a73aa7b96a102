import { expect } from 'chai'
import { jsonText } from '../../singer/json.js'
import { field, pageOf, records, refusal } from './reading-pages.js'

/** A path, a body, its records, its envelope. */
const found: readonly [string, string, readonly string[], string][] = [
  [
    'data.items',
    '{"data":{"items":[{"a":1},{"a":2}],"n":1.10}}',
    ['{"a":1}', '{"a":2}'],
    '{"data":{"items":[],"n":1.10}}',
  ],
  ['$.data.items', '{"data":{"items":[{}]}}', ['{}'], '{"data":{"items":[]}}'],
  ['$.data.items[*]', '{"data":{"items":[{}]}}', ['{}'], '{"data":{"items":[]}}'],
  ['$.data.[*]', '{"data":[{}],"x":12345678901234567890}', ['{}'], '{"data":[],"x":12345678901234567890}'],
  ['$[*]', '[{"a":[1,{"b":[]}]}]', ['{"a":[1,{"b":[]}]}'], '[]'],
  ['$.[*]', '[{}]', ['{}'], '[]'],
  ['$', '[{},{}]', ['{}', '{}'], '[]'],
  ['', '[{},{}]', ['{}', '{}'], '[]'],
  ['["@odata.value"]', '{"@odata.value":[{}]}', ['{}'], '{"@odata.value":[]}'],
  ["$['a.b'][\"c'd\"]", '{"a.b":{"c\'d":[{}]}}', ['{}'], '{"a.b":{"c\'d":[]}}'],
  ['@odata.value', '{"@odata.value":[{}]}', ['{}'], '{"@odata.value":[]}'],
  ['a[1].b', '{"a":[{"b":1},{"b":[{"c":1}]},[]]}', ['{"c":1}'], '{"a":[{"b":1},{"b":[]},[]]}'],
  ['a.0', '{"a":{"0":[{"c":1}]}}', ['{"c":1}'], '{"a":{"0":[]}}'],
  ['@odata', '{"@odata":[{}]}', ['{}'], '{"@odata":[]}'],
  ['foo-bar.ünï', '{"foo-bar":{"ünï":[{}]}}', ['{}'], '{"foo-bar":{"ünï":[]}}'],
  ['items', '{"\\u0069tems":[{"a":1}]}', ['{"a":1}'], '{"items":[]}'],
  ['items', '{"items":[]}', [], '{"items":[]}'],
  ['items', '{"items":{"a":1},"next":2}', ['{"a":1}'], '{"items":{"a":1},"next":2}'],
  ['$', '{"a":1,"next":2}', ['{"a":1,"next":2}'], '{"a":1,"next":2}'],
  ['a', '{"a":[{"x":1}],"a":[{"x":2}]}', ['{"x":2}'], '{"a":[]}'],
  ['a.b', '{"a":{"b":[{"x":1}]},"a":{"b":[{"x":2},{}]}}', ['{"x":2}', '{}'], '{"a":{"b":[]}}'],
  ['a', '{"a":{},"n":1}', [], '{"a":{},"n":1}'],
  ['a', '{"a":[1],"a":[{}]}', ['{}'], '{"a":[]}'],
  ['a', ' \t\r\n{ "a" : [ {} , {} ] } \n', ['{}', '{}'], '{"a":[]}'],
  ['a', '\ufeff{"a":[{}]}', ['{}'], '{"a":[]}'],
  ['a', '{"b":{"a":[{}]},"a":[{"c":1}]}', ['{"c":1}'], '{"b":{"a":[{}]},"a":[]}'],
]

const queries: readonly [string, string, readonly string[], string][] = [
  [
    '$.data[?@.ok == true]',
    '{"data":[{"ok":true,"n":1.10},{"ok":false}]}',
    ['{"ok":true,"n":1.10}'],
    '{"data":[{},{"ok":false}]}',
  ],
  ['data[?@.ok]', '{"data":[{"ok":1},{}]}', ['{"ok":1}'], '{"data":[{},{}]}'],
  ['data.*', '{"data":{"20":{"a":1},"10":{"a":2}},"n":1}', ['{"a":1}', '{"a":2}'], '{"data":{"10":{},"20":{}},"n":1}'],
  ['$.a[*].b[*]', '{"a":[{"b":[{"c":1}]},{"b":[{"c":2}]}]}', ['{"c":1}', '{"c":2}'], '{"a":[{"b":[{}]},{"b":[{}]}]}'],
  ['$.a.[*].b.[*]', '{"a":[{"b":[{"c":1}]}]}', ['{"c":1}'], '{"a":[{"b":[{}]}]}'],
  ['$..items', '{"x":{"items":[{"c":1},{"c":2}]}}', ['{"c":1}', '{"c":2}'], '{"x":{"items":[{},{}]}}'],
  ['a[-1].b', '{"a":[{"b":1},{"b":[{"c":1}]}]}', ['{"c":1}'], '{"a":[{"b":1},{"b":[{}]}]}'],
  ["$.a.['b'].c", '{"a":{"b":{"c":[{}]}}}', ['{}'], '{"a":{"b":{"c":[{}]}}}'],
  ['.a.b', '{"a":{"b":[{"c":1}]}}', ['{"c":1}'], '{"a":{"b":[]}}'],
  ['[0].rows', '[{"rows":[{"c":1e400}]},{}]', ['{"c":1e400}'], '[{"rows":[]},{}]'],
  ['$["a","a"][*]', '{"a":[{"c":1}]}', ['{"c":1}'], '{"a":[{}]}'],
  ['$.a[1:]', '{"a":[{"c":1},{"c":2},{"c":3}]}', ['{"c":2}', '{"c":3}'], '{"a":[{"c":1},{},{}]}'],
  ['$.a[?@.x == ".["]', '{"a":[{"x":".["},{"x":"["}]}', ['{"x":".["}'], '{"a":[{},{"x":"["}]}'],
  ['$.a[?@.none]', '{"a":[{}]}', [], '{"a":[{}]}'],
  ['$.a[?@.n]', '{"a":[{"n":1,"a":[{"n":2}]}]}', ['{"n":1,"a":[{"n":2}]}'], '{"a":[{}]}'],
  ['$..[?@.n]', '{"a":[{"n":1,"a":[{"n":2}]}]}', ['{"n":1,"a":[{"n":2}]}', '{"n":2}'], '{"a":[{}]}'],
  ['$.a[?@["__proto__"]]', '{"a":[{"__proto__":{"x":1}},{}]}', ['{"__proto__":{"x":1}}'], '{"a":[{},{}]}'],
]

const wantedFields: readonly [string, readonly (readonly string[])[], readonly (string | undefined)[]][] = [
  ['{"id":18446744073709551615,"b":1}', [['id'], ['b'], ['c']], ['18446744073709551615', '1', undefined]],
  ['{"user":{"id":1.10,"x":{}}}', [['user', 'id'], ['user'], ['id']], ['1.10', '{"id":1.10,"x":{}}', undefined]],
  ['{"id":1,"id":2}', [['id']], ['2']],
  ['{"user":{"id":1},"user":{}}', [['user', 'id']], [undefined]],
  ['{"user":{"id":1},"user":null}', [['user', 'id'], ['user']], [undefined, 'null']],
  ['{"\\u0069d":"x","a\\"b":1}', [['id'], ['a"b']], ['"x"', '1']],
  ['{"a\\tb":1,"a\\\\tb":2}', [['a\\tb'], ['a\tb']], ['2', '1']],
  ['{"a":{"id":1},"ab":{"id":2},"id":3}', [['id']], ['3']],
  ['{"ünï":{"😀":[1]}}', [['ünï', '😀']], ['[1]']],
  ['{"a":[{"id":1}]}', [['a', 'id'], []], [undefined, '{"a":[{"id":1}]}']],
  ['{"id":1}', [['id'], ['id']], ['1', '1']],
  [
    '{"a":[1,{"id":2},[3]]}',
    [
      ['a', '1', 'id'],
      ['a', '2'],
      ['a', '3'],
      ['a', '2', '0'],
    ],
    ['2', '[3]', undefined, '3'],
  ],
  ['{"":1," ":2}', [[''], [' ']], ['1', '2']],
  ['{"__proto__":1,"constructor":{"a":2}}', [['__proto__'], ['constructor', 'a'], ['toString']], ['1', '2', undefined]],
]

describe('tap-rest: records of a JSON body', () => {
  for (const [path, body, expected, envelope] of [...found, ...queries]) {
    it(`${path || 'an empty path'} in ${body.trim()}`, async () => {
      const page = await pageOf(body, { records: path })
      expect(records(page)).to.deep.equal(expected)
      expect(jsonText(page.envelope)).to.equal(envelope)
    })
  }

  for (const [record, wanted, expected] of wantedFields) {
    it(`the fields ${wanted.map((path) => path.join('.')).join(', ')} of ${record}`, async () => {
      for (const path of ['$', '$[?@ != 1]']) {
        const page = await pageOf(`[{"id":0,"user":{"id":0}},${record},{}]`, { records: path, wanted })
        expect(wanted.map((_, i) => field(page, 1, i))).to.deep.equal(expected)
        expect(wanted.map((_, i) => field(page, 2, i))).to.deep.equal(
          wanted.map((each) => (each.length === 0 ? '{}' : undefined)),
        )
      }
    })
  }

  it('fields beside records of an object that came twice are those of the last', async () => {
    const page = await pageOf('{"a":[{"id":1},{"id":2}],"a":[{},{"id":3}]}', { records: 'a', wanted: [['id']] })
    expect([field(page, 0, 0), field(page, 1, 0)]).to.deep.equal([undefined, '3'])
  })

  it('pretty-printed records, without the space between their tokens', async () => {
    const record = '{"a": [1,\r\n 2.50], "b c": "x  \\n \\" y", "o": {\n"p" :\t1 }}'
    const page = await pageOf(`[${record}, {"z": 1}]`, { wanted: [['o'], ['a'], ['b c']] })
    expect(records(page)).to.deep.equal(['{"a":[1,2.50],"b c":"x  \\n \\" y","o":{"p":1}}', '{"z": 1}'])
    expect([0, 1, 2].map((i) => field(page, 0, i))).to.deep.equal(['{"p":1}', '[1,2.50]', '"x  \\n \\" y"'])
  })

  it('thousands of them', async () => {
    const all = Array.from({ length: 5000 }, (_, i) => `{"id":${i},"x":"${'y'.repeat(i % 7)}"}`)
    const page = await pageOf(`[${all.join()}]`, { wanted: [['id'], ['x']] })
    expect(records(page)).to.deep.equal(all)
    expect([field(page, 4999, 0), field(page, 600, 1)]).to.deep.equal(['4999', '"yyyyy"'])
  })

  it('have equal hashes when they are equal, and only then', async () => {
    const hash = async (body: string, path = 'a') => (await pageOf(body, { records: path })).hash
    expect(await hash('{"a":[{"x":1},{}],"n":1}')).to.equal(await hash('{"n":2,"a":[{"x":1},{}]}'))
    expect(await hash('{"a":[{"x":1}]}')).not.to.equal(await hash('{"a":[{"x":1.0}]}'))
    expect(await hash('{"a":[]}')).to.equal(await hash('{"a":[],"n":2}'))
    const query = 'a[?@.x]'
    expect(await hash('{"a":[{"x":1},1,{"x":2}]}', query)).to.equal(await hash('{"a":[{"x":1},2,{"x":2}]}', query))
  })
})

const absent: readonly [string, string, string][] = [
  ['data.items', '{"data":{"rows":[],"b":1}}', '`$.data` has the keys rows, b'],
  ['data.items', '{"rows":[],"total":1}', 'the body has the keys rows, total'],
  ['data.items', '{"data":{"items":null}}', '`$.data.items` is null'],
  ['data.items', '{"data":null}', '`$.data` is null'],
  ['data.items', '{"data":[{"items":[]}]}', '`$.data` is an array'],
  ['data.items', '{"data":{"items":[{}]},"data":{}}', '`$.data` is an empty object'],
  ['data', '[]', 'the body is an array'],
  ['$', 'null', 'the body is null'],
  ['$.a[0].b', '{"a":[]}', '`$.a` is an array'],
  ['$.a.b[?@.c]', '{"a":{"c":1}}', '`$.a` has the keys c'],
]

const foreign: readonly [string, string, string][] = [
  ['items', '{"items":"secret"}', '`$.items` is a string'],
  ['items', '{"items":12}', '`$.items` is a number'],
  ['$', 'false', 'the body is a boolean'],
  ['items', '{"items":[{},{},"secret",{}]}', 'an item that is no object, number 2 '],
  ['items', '{"items":[null]}', 'an item that is no object, number 0 '],
  ['items', '{"items":[{},[{}]]}', 'an item that is no object, number 1 '],
  ['items.*', '{"items":{"a":{},"b":"secret"}}', 'an item that is no object, number 1 '],
]

describe('tap-rest: bodies without records at their path', () => {
  for (const [path, body, problem] of absent) {
    it(`${path} in ${body}`, async () => {
      const message = await refusal(pageOf(body, { records: path }))
      expect(message).to.match(/^stream s: the answer of https:\/\/api\.example\.com\/x has no records at `/)
      expect(message).to.include(problem).and.include('records_optional')
      const page = await pageOf(body, { records: path, isOptional: true })
      expect(page.count).to.equal(0)
      expect(JSON.parse(jsonText(page.envelope))).to.deep.equal(JSON.parse(body))
    })
  }

  for (const [path, body, problem] of foreign) {
    it(`${path} in ${body}`, async () => {
      for (const isOptional of [false, true]) {
        const message = await refusal(pageOf(body, { records: path, isOptional }))
        expect(message).to.include(problem).and.not.include('secret')
      }
    })
  }

  it('name no more than twenty keys', async () => {
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, i])))
    expect(await refusal(pageOf(body, { records: 'a' })))
      .to.include('k19, …;')
      .and.not.include('k20')
  })
})
