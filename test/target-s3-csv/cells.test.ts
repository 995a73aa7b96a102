import { expect } from 'chai'
import type { DialectSettings } from '../../target-s3-csv/csv.js'
import { cellOf, rowsOf } from './scanning.js'

const anything = '{}'

/** JSON of the value and its cell, by dialect. */
const cells: readonly (readonly [string, string, string])[] = [
  ['default', 'null', ''],
  ['default', '""', '""'],
  ['default', '"a"', 'a'],
  ['default', '"a,b"', '"a,b"'],
  ['default', '"say \\"hi\\""', '"say ""hi"""'],
  ['default', '"two\\nlines"', '"two\nlines"'],
  ['default', '"two\\r\\nlines"', '"two\r\nlines"'],
  ['default', '"C:\\\\temp\\\\new"', '"C:\\temp\\new"'],
  ['default', '"\\\\N"', '"\\N"'],
  ['default', '"NULL"', 'NULL'],
  ['default', '"=1+2"', '=1+2'],
  ['default', '" lead"', '" lead"'],
  ['default', '"trail "', '"trail "'],
  ['default', '" "', '" "'],
  ['default', '"\\u0020lead"', '" lead"'],
  ['default', '"a b"', 'a b'],
  ['default', '"a\\tb"', 'a\tb'],
  ['default', '"café 日"', 'café 日'],
  ['default', '"caf\\u00e9 \\u65e5 \\ud83d\\ude00"', 'café 日 😀'],
  ['default', '"😀, 😀"', '"😀, 😀"'],
  ['default', '"\\u0061\\u002c"', '"a,"'],
  ['default', '"a\\/b"', 'a/b'],
  ['default', '"\\b\\f"', '\b\f'],
  ['default', '"1e3"', '1e3'],
  ['default', '"2026-01-31T07:00:00.123456Z"', '2026-01-31T07:00:00.123456Z'],
  ['default', '"2026-01-31T07:00:00+02:00"', '2026-01-31T07:00:00+02:00'],
  ['default', '"2026-01-31 07:00:00"', '2026-01-31 07:00:00'],
  ['default', '"aGVsbG8="', 'aGVsbG8='],
  ['default', 'true', 'true'],
  ['default', 'false', 'false'],
  ['default', '0', '0'],
  ['default', '1.10', '1.10'],
  ['default', '1e400', '1e400'],
  ['default', '-0.0', '-0.0'],
  ['default', '-1E-7', '-1E-7'],
  ['default', '18446744073709551615', '18446744073709551615'],
  ['default', '[]', '[]'],
  ['default', '[1]', '[1]'],
  ['default', '[1,2]', '"[1,2]"'],
  ['default', '[ 1 ]', '[ 1 ]'],
  ['default', '{"a":"b\\"c"}', '"{""a"":""b\\""c""}"'],
  ['default', '{"a":"é"}', '"{""a"":""é""}"'],
  ['default', `"${'x'.repeat(10_000)}"`, 'x'.repeat(10_000)],
  ['default', `"${'x,'.repeat(10_000)}"`, `"${'x,'.repeat(10_000)}"`],
  ['default', `"${'\\"'.repeat(10_000)}"`, `"${'""'.repeat(10_000)}"`],

  ['redshift', 'null', '\\N'],
  ['redshift', '""', '""'],
  ['redshift', '"\\\\N"', '"\\N"'],
  ['redshift', '"ab"', 'ab'],
  ['snowflake_n', 'null', '\\N'],
  ['snowflake_n', '"\\\\N"', '"\\N"'],

  ['athena', 'null', ''],
  ['athena', '"two\\nlines"', 'two lines'],
  ['athena', '"two\\r\\n,lines"', '"two  ,lines"'],
  ['athena', '"\\n"', '" "'],

  ['mysql', 'null', '\\N'],
  ['mysql', 'true', '1'],
  ['mysql', 'false', '0'],
  ['mysql', '"C:\\\\temp"', '"C:\\\\temp"'],
  ['mysql', '"\\\\N"', '"\\\\N"'],
  ['mysql', '"NULL"', '"NULL"'],
  ['mysql', '"a NULL"', 'a NULL'],
  ['mysql', '["\\n"]', '"[""\\\\n""]"'],

  ['excel', '"=1+2"', "'=1+2"],
  ['excel', '"=1,2"', `"'=1,2"`],
  ['excel', '"+1"', "'+1"],
  ['excel', '"-1"', "'-1"],
  ['excel', '-1', '-1'],
  ['excel', '"@a"', "'@a"],
  ['excel', '"\\t=1"', "'\t=1"],
  ['excel', '"\\r=1"', `"'\r=1"`],
  ['excel', '"\\u003d1"', "'=1"],
  ['excel', '"a=1"', 'a=1'],
  ['excel', '["=1"]', '"[""=1""]"'],

  ['pipelinewise', 'null', ''],
  ['pipelinewise', '""', ''],
  ['pipelinewise', 'true', 'True'],
  ['pipelinewise', 'false', 'False'],
  ['pipelinewise', '" lead"', ' lead'],
  ['pipelinewise', '"C:\\\\temp"', 'C:\\temp'],
  ['pipelinewise', '"a,b"', '"a,b"'],
  ['pipelinewise', '"a\\rb"', '"a\rb"'],
  ['pipelinewise', '"a\\nb"', '"a\nb"'],
  ['pipelinewise', '"a\\"b"', '"a""b"'],
  ['pipelinewise', '1.10', '1.1'],
  ['pipelinewise', '10', '10'],
  ['pipelinewise', '1e3', '1000.0'],
  ['pipelinewise', '1e21', '1e+21'],
  ['pipelinewise', '1E-5', '1e-05'],
  ['pipelinewise', '0.0001', '0.0001'],
  ['pipelinewise', '1e16', '1e+16'],
  ['pipelinewise', '123456789012345.5', '123456789012345.5'],
  ['pipelinewise', '-0.0', '-0.0'],
  ['pipelinewise', '[1,"é",1.50,{"b":null,"a":true}]', '"[1, ""\\u00e9"", 1.5, {""b"": null, ""a"": true}]"'],
  ['pipelinewise', '[ ]', '[]'],
  // Python would lose these digits.
  ['pipelinewise', '1e400', '1e400'],
  ['pipelinewise', '1e-400', '1e-400'],
  ['pipelinewise', '0.1234567890123456', '0.1234567890123456'],
  ['pipelinewise', '0.123456789012345678', '0.123456789012345678'],
  ['pipelinewise', '12345678901234567890.12', '12345678901234567890.12'],
]

describe('target-s3-csv: values become cells', () => {
  for (const [dialect, json, cell] of cells) {
    it(`${dialect}: ${json.slice(0, 40)} → ${JSON.stringify(cell).slice(0, 40)}`, () => {
      const settings = { dialect } as DialectSettings
      expect(cellOf(anything, json, settings)).to.equal(cell)
    })
  }
})

/** Settings, JSON of the value, its cell. */
const overrides: readonly (readonly [DialectSettings, string, string])[] = [
  [{ delimiter: '|' }, '"a|b"', '"a|b"'],
  [{ delimiter: '|' }, '"a,b"', 'a,b'],
  [{ delimiter: '\\t' }, '"a\\tb"', '"a\tb"'],
  [{ delimiter: '\t' }, '"a\\tb"', '"a\tb"'],
  [{ delimiter: '\u0001' }, '"a\\u0001b"', '"a\u0001b"'],
  [{ delimiter: ' ' }, '"a b"', '"a b"'],
  [{ delimiter: '"', quote: "'" }, '"a\\"b"', `'a"b'`],
  [{ quote: "'" }, '"a,b"', "'a,b'"],
  [{ quote: "'" }, '"it\'s"', "'it''s'"],
  [{ quote: "'" }, '"say \\"hi\\""', 'say "hi"'],
  [{ quote: "'" }, '{"a":"it\'s"}', `'{"a":"it''s"}'`],
  [{ quote: "'" }, '""', "''"],
  [{ null: 'NULL' }, 'null', 'NULL'],
  [{ null: 'NULL' }, '"NULL"', '"NULL"'],
  [{ null: 'NULL' }, '"\\u004eULL"', '"NULL"'],
  [{ null: 'NULL' }, '"NULX"', 'NULX'],
  [{ dialect: 'pipelinewise', null: 'NULL' }, '"NULL"', '"NULL"'],
  [{ dialect: 'pipelinewise', null: 'NULL' }, '""', ''],
  [{ boolean: '1/0' }, 'true', '1'],
  [{ boolean: 'YES/NO' }, 'false', 'NO'],
  [{ escape_formulas: true }, '"=1"', "'=1"],
  [{ line_end: 'crlf' }, '"a\\nb"', '"a\nb"'],
]

describe('target-s3-csv: settings change cells', () => {
  for (const [settings, json, cell] of overrides) {
    it(`${JSON.stringify(settings)}: ${json} → ${JSON.stringify(cell)}`, () => {
      expect(cellOf(anything, json, settings)).to.equal(cell)
    })
  }
})

describe('target-s3-csv: lines', () => {
  it('has a header whose names are quoted as values are', () => {
    expect(rowsOf({ a: {}, 'b,c': {}, 'd"e': {}, ' f': {} }, [])).to.equal('a,"b,c","d""e"," f"\n')
  })

  it('writes no header with `header: false`', () => {
    expect(rowsOf({ a: {} }, [{ a: 1 }], { dialect: { header: false } })).to.equal('1\n')
  })

  it('begins with a byte order mark and ends lines with CRLF for excel', () => {
    expect(rowsOf({ a: {} }, [{ a: 1 }], { dialect: { dialect: 'excel' } })).to.equal('\ufeffa\r\n1\r\n')
    expect(rowsOf({ a: {} }, [{ a: 1 }], { dialect: { bom: true, header: false } })).to.equal('\ufeff1\n')
  })

  it('keeps the row of one NULL from being an empty line', () => {
    expect(rowsOf({ a: {} }, [{ a: null }, {}, { a: '' }])).to.equal('a\n""\n""\n""\n')
    expect(rowsOf({ a: {} }, [{}], { dialect: { dialect: 'pipelinewise' } })).to.equal('a\r\n""\r\n')
    expect(rowsOf({ a: {} }, [{ a: null }], { dialect: { null: '\\N' } })).to.equal('a\n\\N\n')
  })

  it('writes a line for each record of a SCHEMA without columns', () => {
    expect(rowsOf({}, [{}, {}])).to.equal('\n\n\n')
  })
})
