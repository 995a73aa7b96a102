import { expect } from 'chai'
import { ConfigError } from '../../singer/errors.js'
import { type Answered, field, pageOf, reader, records, refusal, response } from './reading-pages.js'

const one = '{"a":1}'
const two = '{"a":1}\n{"a":2}\n'
const list = '[{"a":1}]'
const table = 'a,b\n1,2\n'

/** What `format: auto` makes of content type, path and first bytes. */
const detected: readonly [string, Answered, string, string][] = [
  ['application/json', { type: 'application/json' }, list, 'json'],
  ['parameters and capitals', { type: 'Application/JSON; Charset=UTF-8' }, list, 'json'],
  ['a JSON suffix', { type: 'application/vnd.github.v3+json' }, list, 'json'],
  ['application/hal+json', { type: 'application/hal+json' }, one, 'json'],
  ['text/json', { type: 'text/json' }, list, 'json'],
  ['application/x-ndjson', { type: 'application/x-ndjson' }, one, 'ndjson'],
  ['application/ndjson', { type: 'application/ndjson; charset=utf-8' }, one, 'ndjson'],
  ['application/jsonl', { type: 'application/jsonl' }, one, 'ndjson'],
  ['application/jsonlines', { type: 'application/jsonlines' }, one, 'ndjson'],
  ['application/json-lines', { type: 'application/json-lines' }, one, 'ndjson'],
  ['application/stream+json', { type: 'application/stream+json' }, two, 'ndjson'],
  ['text/csv', { type: 'text/csv; header=present' }, table, 'csv'],
  ['text/tab-separated-values', { type: 'text/tab-separated-values' }, 'a,b\tc\n1\t2\n', 'csv'],
  ['no content type and an array', {}, list, 'json'],
  ['no content type and an object', {}, one, 'json'],
  ['no content type and two lines', {}, two, 'ndjson'],
  ['no content type and two objects in CRLF lines', {}, '\r\n{"a":1}\r\n\r\n{"a":2}', 'ndjson'],
  ['text/plain and a pretty-printed object', { type: 'text/plain' }, '{\n"a":1\n}\n', 'json'],
  ['text/html that is JSON', { type: 'text/html' }, list, 'json'],
  ['octets of a path that ends with .jsonl', { type: 'application/octet-stream', path: '/a.jsonl?x=1' }, one, 'ndjson'],
  [
    'octets of a path that ends with .ndjson.gz',
    { type: 'application/octet-stream', path: '/a.ndjson.gz' },
    one,
    'ndjson',
  ],
  ['octets of a path that ends with .csv', { type: 'application/octet-stream', path: '/a.CSV' }, table, 'csv'],
  ['CSV whose header begins like HTML', { type: 'text/csv' }, '<id>,b\n1,2\n', 'csv'],
  ['JSON of a path that ends with .csv', { type: 'application/json', path: '/a.csv' }, list, 'json'],
]

const refused: readonly [string, Answered, string, string][] = [
  [
    'HTML',
    { type: 'text/html' },
    '\n<!DOCTYPE html><p>secret',
    'is HTML: a login page, or a wrong `base_url` or `path`?',
  ],
  ['HTML that says it is JSON', { type: 'application/json' }, '<html>', 'is HTML'],
  ['a piece of HTML', {}, '<p>secret</p>', 'is XML or HTML, which is not read'],
  ['HTML that says it is CSV', { type: 'text/csv' }, '<HTML>', 'is HTML'],
  ['XML', { type: 'application/xml' }, '<?xml version="1.0"?>', 'is XML'],
  ['XML without a declaration', { type: 'application/xml' }, '<items/>', 'is XML'],
  ['text', { type: 'text/plain' }, 'secret', 'is text/plain and begins like no JSON: set `format`'],
  ['text without a content type', {}, 'secret', 'has no content type and begins like no JSON'],
  ['objects in one line', {}, '{"a":1} {"a":2}\n', 'is no JSON: more text after its end, at byte 8'],
  ['objects of several lines', {}, '{"a":\n1}\n{"a":2}\n', 'is no JSON: more text after its end, at byte 9'],
  ['nothing', { type: 'application/json' }, '', 'is empty, where JSON must be'],
  ['white space', {}, '\ufeff \n', 'is empty'],
  [
    'objects one after another',
    { type: 'application/json' },
    two,
    'is no JSON: more text after its end, at byte 8; objects one after another are `format: ndjson`',
  ],
  [
    'a character set that is not known',
    { type: 'application/json; charset=secret' },
    '["\u00ff"]',
    'is neither UTF-8 nor secret',
  ],
]

describe('tap-rest: the format of a body', () => {
  for (const [title, answered, body, format] of detected) {
    it(`${title} is ${format}`, async () => {
      const open = await reader({ format: 'auto', records: 'auto' })
      expect(open.found()).to.equal(undefined)
      expect(open.read(response(body, answered)).count).to.be.oneOf([1, 2])
      expect(open.found()).to.deep.equal({ format, records: '$' })
    })
  }

  for (const [title, answered, body, problem] of refused) {
    it(`${title} is refused`, async () => {
      const open = await reader({ format: 'auto', records: 'auto' })
      const bytes = Buffer.from(body, answered.type?.includes('charset') ? 'latin1' : 'utf8')
      const message = await refusal(() => open.read(response(bytes, answered)))
      expect(message).to.include(`stream s: the answer of https://api.example.com/x ${problem}`)
      if (!problem.includes('secret')) expect(message).not.to.include('secret')
      expect(open.found()).to.equal(undefined)
    })
  }

  it('stays that of the first answer', async () => {
    const open = await reader({ format: 'auto', records: 'auto' })
    open.read(response(two, { type: 'application/x-ndjson' }))
    expect(records(open.read(response(one, { type: 'application/json' })))).to.deep.equal([one])
    expect(await refusal(() => open.read(response('[]', { type: 'application/json' })))).to.include(
      'is no NDJSON: line 1',
    )
  })

  it('is that of the settings, whatever the content type', async () => {
    const open = await reader({ format: 'csv', records: 'auto' })
    expect(records(open.read(response(table, { type: 'application/json' })))).to.deep.equal(['{"a":"1","b":"2"}'])
  })

  for (const status of [204, 205]) {
    it(`status ${status} without a body is a page without records`, async () => {
      const open = await reader({ format: 'auto', records: 'auto' })
      const page = open.read(response('', { status }))
      expect([page.count, page.envelope]).to.deep.equal([0, null])
      expect(open.found()).to.equal(undefined)
    })
  }

  it('an empty body is a page without records where those are optional, and for lines', async () => {
    expect((await pageOf('', { isOptional: true })).count).to.equal(0)
    for (const format of ['ndjson', 'csv'] as const) expect((await pageOf('', { format })).count).to.equal(0)
  })

  it('Latin-1 and UTF-16 are read when the content type says so', async () => {
    const open = await reader({ wanted: [['v']] })
    const latin = response(Buffer.from('[{"v":"é"}]', 'latin1'), { type: 'application/json; charset=ISO-8859-1' })
    expect(field(open.read(latin), 0, 0)).to.equal('"é"')
    const wide = response(Buffer.from('\ufeff[{"v":"é"}]', 'utf16le'), { type: 'application/json; charset="utf-16le"' })
    expect(field(open.read(wide), 0, 0)).to.equal('"é"')
    const wrong = response('[{"v":"é"}]', { type: 'application/json; charset=ISO-8859-1' })
    expect(field(open.read(wrong), 0, 0)).to.equal('"é"')
  })

  it('a path of records that is neither a path nor JSONPath is a problem of the settings', async () => {
    for (const path of ['a[', 'a..', '$a', 'a[?', '$.a[?@.b ~ 1]']) {
      const problem = await reader({ records: path }).catch((cause: unknown) => cause)
      expect(problem, path).to.be.instanceOf(ConfigError)
      expect(problem).to.have.property('message').that.includes(`stream s: \`records: ${path}\``)
    }
  })
})

const lines: readonly [string, string, readonly string[]][] = [
  ['lines', two, ['{"a":1}', '{"a":2}']],
  ['a last line without an end', '{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}']],
  ['CRLF, blank lines and space around', '\n{"a":1} \r\n\r\n \t\n {"a":2}\r\n\n', ['{"a":1}', '{"a":2}']],
  ['a byte order mark', '\ufeff{"a":1}\n', ['{"a":1}']],
  ['a carriage return between tokens', '{"a":\r1}\n', ['{"a":1}']],
  ['digits', '{"a":12345678901234567890,"b":-0.0}\n', ['{"a":12345678901234567890,"b":-0.0}']],
  ['line separators of Unicode', '{"a":"\u2028\u0085"}\n', ['{"a":"\u2028\u0085"}']],
]

const brokenLines: readonly [string, string, string][] = [
  [
    'a line that is cut off',
    '{"a":1}\n\n{"a":"secret',
    'is no NDJSON: line 3 ends in the middle of its object, at byte 13',
  ],
  ['an object over two lines', '{"a":1,\n"b":2}\n', 'line 1 ends in the middle of its object'],
  ['an object in two lines, both of them valid', '{"a":\n{"b":2}}\n', 'line 1 ends in the middle of its object'],
  ['two objects in a line', '{}\n{"a":1}{"a":2}\n', 'line 2 holds more text after its object, at byte 8'],
  ['an array', '[{}]\n', 'line 1 holds something else than an object, at byte 1'],
  ['a comma after the object', '{},\n{}\n', 'line 1 holds more text after its object, at byte 3'],
  ['a token that is none', '{}\r\n{"a":NaN}\n', 'line 2 holds no JSON value where one must stand, at byte 6'],
]

describe('tap-rest: records of an NDJSON body', () => {
  for (const [title, body, expected] of lines) {
    it(title, async () => {
      for (const path of ['auto', '$', '$[*]', '']) {
        const page = await pageOf(body, { format: 'ndjson', records: path })
        expect(records(page)).to.deep.equal(expected)
        expect(page.envelope).to.equal(null)
      }
    })
  }

  for (const [title, body, problem] of brokenLines) {
    it(`refuses ${title}`, async () => {
      expect(await refusal(pageOf(body, { format: 'ndjson' })))
        .to.include(problem)
        .and.not.include('secret')
    })
  }

  it('are not searched at a path', async () => {
    const message = await refusal(pageOf(two, { format: 'ndjson', records: 'data' }))
    expect(message).to.include('has records in lines, and nothing at `data`: set `records: $`')
  })

  it('have wanted fields, and hashes of all records', async () => {
    const page = await pageOf(two, { format: 'ndjson', wanted: [['a']] })
    expect(field(page, 1, 0)).to.equal('2')
    expect((await pageOf('{"a":1}\n{"a":3}\n', { format: 'ndjson' })).hash).not.to.equal(page.hash)
  })
})
