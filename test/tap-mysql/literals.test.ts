import { expect } from 'chai'
import fc from 'fast-check'
import { ConfigError, Digits, type Json } from '../../singer/index.js'
import type { Column } from '../../tap-mysql/table.js'
import { columnType } from '../../tap-mysql/types.js'
import { sqlServers } from '../support/servers.js'
import { configOf, withSession } from './reading.js'

const options = { decimal: 'number', tinyint1: 'integer', binary: 'base64', flavor: 'mysql' } as const

function column(dataType: string, columnType = dataType): Column {
  return {
    name: 'c',
    dataType,
    columnType,
    isNullable: true,
    collation: null,
    precision: null,
    scale: null,
    length: null,
    fraction: null,
  }
}

// biome-ignore format: one fact a line
const accepted: readonly (readonly [type: string, value: Json, sql: string])[] = [
  ['bigint', 42, '42'],
  ['bigint', new Digits('18446744073709551615'), '18446744073709551615'],
  ['bigint', '18446744073709551615', '18446744073709551615'],
  ['decimal', new Digits('-0.50'), '-0.50'],
  ['bit', true, '1'],
  ['year', 0, "'0000'"],
  ['year', 1999, "'1999'"],
  ['varchar', "it's \\ \0", "'it\\'s \\\\ \\0'"],
  ['varbinary', 'AAEC', "x'000102'"],
  ['varbinary', '', "x''"],
  ['date', '2017-01-02', "'2017-01-02'"],
  ['date', '2017-01-02T00:00:00.000000Z', "'2017-01-02'"],
  ['datetime', '2017-01-02T03:04:05.120000Z', "'2017-01-02 03:04:05.120000'"],
  ['datetime', '2017-01-02T03:04:05+00:00', "'2017-01-02 03:04:05'"],
  ['datetime', '2017-01-02 03:04:05', "'2017-01-02 03:04:05'"],
  ['datetime', '2017-01-02T03:04:05.5+02:00', "'2017-01-02 01:04:05.5'"],
  ['datetime', '2017-01-02T03:04:05.123456789Z', "'2017-01-02 03:04:05.123456'"],
  ['datetime', '2017-01-02', "'2017-01-02 00:00:00'"],
  ['datetime', '0001-01-01T00:00:00Z', "'0001-01-01 00:00:00'"],
  ['time', '-838:59:59.000000', "'-838:59:59.000000'"],
  ['time', '1970-01-01T10:11:12.000000Z', "'10:11:12.000000'"],
  ['time', '9:11:12', "'9:11:12'"],
]

// biome-ignore format: one fact a line
const refused: readonly (readonly [type: string, value: Json])[] = [
  ['bigint', '1 OR 1=1'],
  ['bigint', ''],
  ['bigint', null],
  ['decimal', '1e5'],
  ['varchar', 5],
  ['varbinary', 5],
  ['date', 'yesterday'],
  ['datetime', "2017-01-02' OR '1"],
  ['datetime', '2017-13-02T03:04:05Z'],
  ['time', '10:11'],
]

describe('key values from a state', () => {
  for (const [type, value, sql] of accepted) {
    it(`${type}: ${JSON.stringify(value)} is ${sql}`, () => {
      expect(columnType(column(type), options).literal?.(value)).to.equal(sql)
    })
  }

  for (const [type, value] of refused) {
    it(`${type}: ${JSON.stringify(value)} is refused, and not repeated`, () => {
      const literal = columnType(column(type), options).literal
      expect(() => literal?.(value)).to.throw(ConfigError, /^the value of a key .* is not [a-z -]+\d*$/)
    })
  }

  for (const type of ['float', 'double', 'text', 'longtext', 'blob', 'enum', 'set', 'json', 'geometry', 'vector']) {
    it(`${type} makes no key`, () => {
      expect(columnType(column(type), options)).not.to.have.property('literal')
    })
  }

  it('tinyint(1) makes no key as a boolean: true is many values', () => {
    const type = columnType(column('tinyint', 'tinyint(1)'), { ...options, tinyint1: 'boolean' })
    expect(type).not.to.have.property('literal')
  })

  for (const { name, server } of sqlServers) {
    it(`any text reaches ${name} unchanged`, async () => {
      const literal = columnType(column('varchar'), options).literal
      await withSession(configOf(await server()), async (session) => {
        const same = fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
          const [row] = await session.query(`SELECT ${literal?.(text)} AS text`)
          expect(row?.text).to.equal(text)
        })
        await fc.assert(same, { numRuns: 300 })
      })
    })
  }
})
