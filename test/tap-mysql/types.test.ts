import { expect } from 'chai'
import { jsonText, parseJson } from '../../singer/index.js'
import type { Config } from '../../tap-mysql/config.js'
import { sqlServers } from '../support/servers.js'
import { allLines, configOf, readable, recordTexts, withSession } from './reading.js'

/** SQL of a value → JSON text of the record. `nulled`: JSON cannot hold it. */
type Value = readonly [sql: string, json: string]

interface Fact {
  readonly type: string
  readonly schema: string
  readonly values: readonly Value[]
  /** How many of the values became null because JSON cannot hold them. */
  readonly nulled?: number
  /** The type can be a replication key and one to resume by; `values` are distinct and ascending then. */
  readonly isKey?: boolean
  readonly settings?: Partial<Config>
  readonly only?: 'MySQL' | 'MariaDB'
}

const key = { isKey: true }
const decimalString = { settings: { decimal: 'string' } } as const
const hex = { settings: { binary: 'hex' } } as const
const asBoolean = { settings: { tinyint1: 'boolean' } } as const
const longest = '9'.repeat(35)
const string = '{"type":["null","string"]}'
const dateTime = '{"type":["null","string"],"format":"date-time"}'
const base64 = '{"type":["null","string"],"contentEncoding":"base64"}'
const number = '{"type":["null","number"]}'
const json = '{"type":["null","object","array","string","number","boolean"]}'

function integer(minimum: string, maximum: string): string {
  return `{"type":["null","integer"],"minimum":${minimum},"maximum":${maximum}}`
}

function texts(length: number): string {
  return `{"type":["null","string"],"maxLength":${length}}`
}

// biome-ignore format: one fact a line
const facts: readonly Fact[] = [
  { type: 'tinyint', schema: integer('-128', '127'), ...key, values: [['-128', '-128'], ['-1', '-1'], ['0', '0'], ['127', '127']] },
  { type: 'tinyint unsigned', schema: integer('0', '255'), ...key, values: [['0', '0'], ['255', '255']] },
  { type: 'tinyint(1)', schema: integer('-128', '127'), ...key, values: [['-1', '-1'], ['0', '0'], ['1', '1'], ['2', '2']] },
  { type: 'boolean', ...asBoolean, schema: '{"type":["null","boolean"]}', values: [['-1', 'true'], ['0', 'false'], ['1', 'true'], ['2', 'true'], ['100', 'true']] },
  { type: 'smallint', schema: integer('-32768', '32767'), ...key, values: [['-32768', '-32768'], ['32767', '32767']] },
  { type: 'smallint unsigned', schema: integer('0', '65535'), ...key, values: [['0', '0'], ['65535', '65535']] },
  { type: 'mediumint', schema: integer('-8388608', '8388607'), ...key, values: [['-8388608', '-8388608'], ['8388607', '8388607']] },
  { type: 'mediumint unsigned', schema: integer('0', '16777215'), ...key, values: [['0', '0'], ['16777215', '16777215']] },
  { type: 'int', schema: integer('-2147483648', '2147483647'), ...key, values: [['-2147483648', '-2147483648'], ['0', '0'], ['2147483647', '2147483647']] },
  { type: 'int unsigned', schema: integer('0', '4294967295'), ...key, values: [['0', '0'], ['4294967295', '4294967295']] },
  { type: 'int(6) zerofill', schema: integer('0', '4294967295'), ...key, values: [['0', '0'], ['42', '42'], ['100', '100'], ['4294967295', '4294967295']] },
  { type: 'bigint', schema: integer('-9223372036854775808', '9223372036854775807'), ...key, values: [['-9223372036854775808', '-9223372036854775808'], ['9007199254740993', '9007199254740993'], ['9223372036854775806', '9223372036854775806'], ['9223372036854775807', '9223372036854775807']] },
  { type: 'bigint unsigned', schema: integer('0', '18446744073709551615'), ...key, values: [['0', '0'], ['9223372036854775808', '9223372036854775808'], ['18446744073709551614', '18446744073709551614'], ['18446744073709551615', '18446744073709551615']] },

  { type: 'bit(1)', schema: '{"type":["null","boolean"]}', ...key, values: [["b'0'", 'false'], ["b'1'", 'true']] },
  { type: 'bit(8)', schema: integer('0', '255'), ...key, values: [["b'0'", '0'], ["b'10'", '2'], ["b'11111111'", '255']] },
  { type: 'bit(64)', schema: integer('0', '18446744073709551615'), ...key, values: [['0', '0'], ['34', '34'], ['9223372036854775808', '9223372036854775808'], ['18446744073709551615', '18446744073709551615']] },

  { type: 'decimal(10,2)', schema: '{"type":["null","number"],"multipleOf":0.01}', ...key, values: [['-99999999.99', '-99999999.99'], ['-0.5', '-0.50'], ['0', '0.00'], ['1.1', '1.10']] },
  { type: 'decimal(5,0)', schema: '{"type":["null","number"],"multipleOf":1}', ...key, values: [['-99999', '-99999'], ['7', '7']] },
  { type: 'decimal(65,30)', schema: '{"type":["null","number"],"multipleOf":0.000000000000000000000000000001}', ...key, values: [[`-${longest}.000000000000000000000000000001`, `-${longest}.000000000000000000000000000001`], ['0', '0.000000000000000000000000000000'], [`${longest}.999999999999999999999999999998`, `${longest}.999999999999999999999999999998`], [`${longest}.999999999999999999999999999999`, `${longest}.999999999999999999999999999999`]] },
  { type: 'decimal(38,0)', schema: '{"type":["null","number"],"multipleOf":1}', ...key, values: [['12345678901234567890123456789012345677', '12345678901234567890123456789012345677'], ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678']] },
  { type: 'decimal(8,2) zerofill', schema: '{"type":["null","number"],"multipleOf":0.01}', ...key, values: [['0', '0.00'], ['0.5', '0.50'], ['42', '42.00'], ['123456.78', '123456.78']] },
  { type: 'decimal(20,4)', ...decimalString, schema: '{"type":["null","string"],"format":"singer.decimal"}', ...key, values: [['-1.5', '"-1.5000"'], ['1234567890123456.7891', '"1234567890123456.7891"']] },

  { type: 'float', schema: number, values: [['0.1', '0.1'], ['-0.0', '0'], ['16777216', '16777216'], ['16777217', '16777216'], ['3.4028235e38', '3.4028235e+38'], ['1.17549435e-38', '1.1754944e-38'], ['1.4e-45', '1e-45'], ['1e-20', '1e-20'], ['123456.79', '123456.79'], ['-1.5', '-1.5'], ['1e10', '10000000000']] },
  { type: 'float', schema: number, only: 'MySQL', values: [['round(-0.1e0)', '-0']] },
  { type: 'float(10,2)', schema: number, values: [['1.1', '1.1'], ['2.345', '2.35']] },
  { type: 'double', schema: number, values: [['0.1', '0.1'], ['1.5', '1.5'], ['1e14', '100000000000000'], ['1e15', '1e15'], ['1e-15', '0.000000000000001'], ['1.5e-20', '1.5e-20'], ['1.7976931348623157e308', '1.7976931348623157e308'], ['5e-324', '5e-324'], ['-2.5', '-2.5'], ['12345678901234567', '1.2345678901234568e16']] },
  { type: 'double', schema: number, only: 'MySQL', values: [['round(-0.1e0)', '-0']] },
  { type: 'double(10,3)', schema: number, values: [['1.5', '1.5'], ['-1', '-1'], ['0.125', '0.125']] },
  { type: 'double zerofill', schema: number, values: [['1.5', '1.5'], ['0', '0']] },

  { type: 'date', schema: '{"type":["null","string"],"format":"date"}', ...key, values: [["'0001-01-01'", '"0001-01-01"'], ["'2024-02-29'", '"2024-02-29"'], ["'9999-12-31'", '"9999-12-31"']] },
  { type: 'date', schema: '{"type":["null","string"],"format":"date"}', nulled: 6, values: [["'0000-00-00'", 'null'], ["'2024-00-00'", 'null'], ["'2024-01-00'", 'null'], ["'2024-00-15'", 'null'], ["'2023-02-29'", 'null'], ["'2024-04-31'", 'null'], ["'2024-02-29'", '"2024-02-29"'], ["'1900-02-28'", '"1900-02-28"']] },
  { type: 'datetime', schema: dateTime, ...key, values: [["'0001-01-01'", '"0001-01-01T00:00:00Z"'], ["'2024-02-29 23:59:59'", '"2024-02-29T23:59:59Z"'], ["'9999-12-31 23:59:59'", '"9999-12-31T23:59:59Z"']] },
  { type: 'datetime', schema: dateTime, nulled: 3, values: [["'0000-00-00 00:00:00'", 'null'], ["'2024-00-00 01:02:03'", 'null'], ["'2023-02-30 01:02:03'", 'null'], ["'2024-01-02 03:04:05'", '"2024-01-02T03:04:05Z"']] },
  ...[1, 2, 3, 4, 5, 6].map((digits) => {
    const fraction = '123450'.slice(0, digits)
    return { type: `datetime(${digits})`, schema: dateTime, ...key, values: [["'2024-01-02 03:04:05'", `"2024-01-02T03:04:05.${'0'.repeat(digits)}Z"`], [`'2024-01-02 03:04:05.${fraction}'`, `"2024-01-02T03:04:05.${fraction}Z"`]] } as const
  }),
  { type: 'timestamp null', schema: dateTime, ...key, values: [["'1970-01-01 00:00:01'", '"1970-01-01T00:00:01Z"'], ["'2024-03-31 02:30:00'", '"2024-03-31T02:30:00Z"'], ["'2038-01-19 03:14:07'", '"2038-01-19T03:14:07Z"']] },
  { type: 'timestamp null', schema: dateTime, nulled: 1, values: [["'0000-00-00 00:00:00'", 'null'], ["'2024-01-02'", '"2024-01-02T00:00:00Z"']] },
  { type: 'timestamp(6) null', schema: dateTime, ...key, values: [["'2024-01-02 03:04:05.000001'", '"2024-01-02T03:04:05.000001Z"'], ["'2024-01-02 03:04:05.999999'", '"2024-01-02T03:04:05.999999Z"']] },
  { type: 'time', schema: string, ...key, values: [["'-838:59:59'", '"-838:59:59"'], ["'-00:00:01'", '"-00:00:01"'], ["'00:00:00'", '"00:00:00"'], ["'23:59:59'", '"23:59:59"'], ["'100:00:00'", '"100:00:00"'], ["'838:59:59'", '"838:59:59"']] },
  { type: 'time(6)', schema: string, ...key, values: [["'-838:59:59.000000'", '"-838:59:59.000000"'], ["'-12:00:00.5'", '"-12:00:00.500000"'], ["'12:00:00.000001'", '"12:00:00.000001"']] },
  { type: 'time(2)', schema: string, ...key, values: [["'12:00:00.5'", '"12:00:00.50"']] },
  { type: 'year', schema: integer('0', '2155'), ...key, values: [['0', '0'], ['1901', '1901'], ['2024', '2024'], ['2155', '2155']] },

  { type: 'char(5)', schema: texts(5), ...key, values: [["''", '""'], ["'a  '", '"a"'], ["'b'", '"b"']] },
  { type: 'varchar(40)', schema: texts(40), ...key, values: [["''", '""'], ["'A'", '"A"'], ["'b\\'c'", '"b\'c"'], ["'b\\\\c'", '"b\\\\c"'], ["'é'", '"é"'], ["'日本 👍'", '"日本 👍"']] },
  { type: 'varchar(40) collate utf8mb4_bin', schema: texts(40), ...key, values: [["'A'", '"A"'], ["'a'", '"a"'], ["'a\\\\'", '"a\\\\"'], ["'b%_'", '"b%_"']] },
  { type: 'varchar(40)', schema: texts(40), values: [["'\\0'", '"\\u0000"'], ["'\\\"'", '"\\""'], ["'\\b\\t\\n\\r'", '"\\b\\t\\n\\r"'], ["x'0b0c1f7f'", '"\\u000b\\f\\u001f\x7f"'], ["x'e280a8'", '"\u2028"'], ["' a '", '" a "']] },
  { type: 'varchar(20) character set latin1', schema: texts(20), ...key, values: [["'abc'", '"abc"'], ["'ö'", '"ö"'], ["'€'", '"€"']] },
  { type: 'varchar(20) character set cp850', schema: texts(20), values: [["'é§'", '"é§"']] },
  { type: 'varchar(20) character set gbk', schema: texts(20), ...key, values: [["'丂'", '"丂"'], ["'中文'", '"中文"']] },
  { type: 'varchar(20) character set utf16', schema: texts(20), ...key, values: [["'aé'", '"aé"'], ["'中👍'", '"中👍"']] },
  { type: 'varchar(20) character set ucs2', schema: texts(20), values: [["'é中'", '"é中"']] },
  { type: 'varchar(20) character set utf32', schema: texts(20), values: [["'é👍'", '"é👍"']] },
  { type: 'varchar(20) character set sjis', schema: texts(20), values: [["'表示'", '"表示"']] },
  { type: 'tinytext', schema: texts(255), values: [["'é'", '"é"']] },
  { type: 'text', schema: texts(65535), values: [["'é'", '"é"'], ["repeat('x', 65535)", `"${'x'.repeat(65535)}"`]] },
  { type: 'mediumtext', schema: texts(16777215), values: [["'é'", '"é"'], ["repeat('x', 70000)", `"${'x'.repeat(70000)}"`]] },
  { type: 'longtext', schema: texts(4294967295), values: [["'é'", '"é"']] },
  { type: "enum('a','b,c','it''s','é')", schema: string, values: [['0', '""'], ['1', '"a"'], ['2', '"b,c"'], ['3', '"it\'s"'], ['4', '"é"']] },
  { type: "set('a','b','é')", schema: string, values: [["''", '""'], ["'a'", '"a"'], ["'b,a'", '"a,b"'], ['7', '"a,b,é"']] },

  { type: 'binary(4)', schema: base64, ...key, values: [["x''", '"AAAAAA=="'], ["x'01'", '"AQAAAA=="'], ["x'01020304'", '"AQIDBA=="'], ["x'ff00'", '"/wAAAA=="']] },
  { type: 'varbinary(10)', schema: base64, ...key, values: [["x''", '""'], ["x'00'", '"AA=="'], ["x'0001'", '"AAE="'], ["x'000102'", '"AAEC"'], ["x'fbff'", '"+/8="']] },
  { type: 'varbinary(10)', ...hex, schema: '{"type":["null","string"],"contentEncoding":"base16"}', ...key, values: [["x''", '""'], ["x'0001'", '"0001"'], ["x'fbff'", '"fbff"']] },
  { type: 'tinyblob', schema: base64, values: [["x'00'", '"AA=="']] },
  { type: 'blob', schema: base64, values: [["repeat(x'000102', 1000)", `"${'AAEC'.repeat(1000)}"`]] },
  { type: 'mediumblob', schema: base64, values: [["x''", '""']] },
  { type: 'longblob', schema: base64, values: [["x'ff'", '"/w=="']] },

  { type: 'json', schema: json, only: 'MySQL', values: [[`'{"b": 1, "aa": [1.50, "x"]}'`, '{"b": 1, "aa": [1.5, "x"]}'], ["'null'", 'null'], ["'\"a\\\\n\u2028\"'", '"a\\n\u2028"'], ["'12345678901234567890'", '12345678901234567890'], ["'-0.0'", '-0.0'], ["'[]'", '[]'], ["cast(1.50 as json)", '1.50'], ["cast(cast('2024-01-02' as date) as json)", '"2024-01-02"']] },
  { type: 'json', schema: json, only: 'MariaDB', values: [[`'{"a":1,\\n\\t"a":[1.50]}'`, '{"a":1,  "a":[1.50]}'], ["' null '", ' null '], [`'"\\\\u00e9\\\\n"'`, '"\\u00e9\\n"'], ["'12345678901234567890'", '12345678901234567890'], ["'-1.5E+10'", '-1.5E+10'], [`'{"a":{"b":[]},"c":[{},true,false,null,""]}'`, '{"a":{"b":[]},"c":[{},true,false,null,""]}']] },
  { type: 'point', schema: base64, values: [["ST_GeomFromText('POINT(1 2)', 0)", '"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA=="']] },
  { type: 'geometry', ...hex, only: 'MySQL', schema: '{"type":["null","string"],"contentEncoding":"base16"}', values: [["ST_GeomFromText('POINT(1 2)', 4326)", '"e6100000010100000000000000000000400000000000' + '00f03f"'], ["ST_GeomFromText('GEOMETRYCOLLECTION EMPTY')", '"00000000010700000000000000"']] },
  { type: 'vector(3)', schema: '{"type":["null","array"],"items":{"type":"number"}}', only: 'MySQL', values: [["string_to_vector('[1, -0.1, 3.5e10]')", '[1,-0.1,35000000000]']] },
  { type: 'uuid', schema: string, only: 'MariaDB', ...key, values: [["'123e4567-e89b-12d3-a456-426655440000'", '"123e4567-e89b-12d3-a456-426655440000"'], ["'223e4567-e89b-12d3-a456-426655440001'", '"223e4567-e89b-12d3-a456-426655440001"']] },
  { type: 'inet4', schema: string, only: 'MariaDB', ...key, values: [["'9.0.0.1'", '"9.0.0.1"'], ["'10.0.0.1'", '"10.0.0.1"'], ["'192.168.0.1'", '"192.168.0.1"']] },
  { type: 'inet6', schema: string, only: 'MariaDB', ...key, values: [["'::'", '"::"'], ["'::ffff:192.0.2.1'", '"::ffff:192.0.2.1"'], ["'2001:db8::1'", '"2001:db8::1"']] },
]

for (const { name, server } of sqlServers) {
  describe(`types on ${name}`, () => {
    const own = facts.filter(({ only }) => only === undefined || only === name)
    let database = ''

    before(async () => {
      const { newDatabase, query } = await server()
      database = await newDatabase()
      await query("SET SESSION sql_mode='ALLOW_INVALID_DATES', time_zone='+00:00'")
      for (const [index, { type, values, isKey }] of own.entries()) {
        const rows = [...values, ['NULL']].map(([sql], row) => `(${row}, ${sql})`)
        const table = `${database}.t${index}`
        await query(`CREATE TABLE ${table} (i INT PRIMARY KEY, v ${type} ${isKey ? ', KEY (v)' : ''})`)
        await query(`INSERT INTO ${table} VALUES ${rows.join(', ')}`)
      }
    })

    after(async () => {
      const { query } = await server()
      await query('SET SESSION sql_mode=DEFAULT, time_zone=DEFAULT')
    })

    for (const [index, { type, schema, values, nulled, isKey, settings }] of own.entries()) {
      const title = `${type}${settings ? ` ${JSON.stringify(settings)}` : ''}${nulled ? ', some null' : ''}`
      const table = `t${index}`
      const config = async () => configOf(await server(), settings)

      it(`reads ${title}`, async () => {
        await withSession(await config(), async (session, context) => {
          const { columns, query } = await readable(session, await config(), [database, table], 'ORDER BY i')
          const records = recordTexts(await allLines(session, query, context), query)
          const expected = [...values, ['NULL', 'null']].map(([, json], row) => `{"i":${row},"v":${json}}`)
          expect(records).to.deep.equal(expected)
          expect(jsonText(columns[1]?.schema ?? {})).to.equal(schema)
          expect(query.nulled.get('v')).to.equal(nulled)
        })
      })

      if (isKey)
        it(`resumes by ${title}`, async () => {
          await withSession(await config(), async (session) => {
            const { columns, query } = await readable(session, await config(), [database, table])
            const literal = columns[1]?.literal
            for (const [row, [, json]] of values.entries()) {
              const after = `${query.sql} WHERE v > ${literal?.(parseJson(json))}`
              const counts = await session.query(`SELECT COUNT(*) AS n FROM (${after}) t`)
              expect(counts, json).to.deep.equal([{ n: String(values.length - 1 - row) }])
              const from = `${query.sql} FORCE INDEX (v) WHERE v >= ${literal?.(parseJson(json))}`
              const format = session.flavor === 'mysql' ? 'FORMAT=TRADITIONAL' : ''
              const [plan] = await session.query(`EXPLAIN ${format} ${from}`)
              expect(plan?.type, json).to.be.oneOf(['range', 'ref'])
            }
          })
        })
    }
  })
}
