import { expect } from 'chai'
import { Digits, type Json } from '../../singer/index.js'
import { keyOrder } from '../../tap-mysql/key-order.js'
import { columnLike } from './columns.js'

const big = new Digits('18446744073709551615')

describe('tap-mysql key order', () => {
  const backs: readonly [string, Json, number, Json][] = [
    ['int', 10, 3, '7'],
    ['int', 1, 3, '-2'],
    ['int unsigned', 1, 3, '0'],
    ['bigint unsigned', big, 5, '18446744073709551610'],
    ['bigint unsigned', '18446744073709551615', 5, '18446744073709551610'],
    ['decimal(38,2)', new Digits('-0.50'), 1, '-1.50'],
    ['decimal(38,2)', new Digits('900719925474099312.10'), 0.1, '900719925474099312.00'],
    ['year', 2026, 1, '2025'],
    ['date', '2026-03-01', 5, '2026-02-28'],
    ['datetime', '2026-01-01T00:00:02Z', 5, '2025-12-31T23:59:57.000000Z'],
    ['timestamp', '2026-01-01T00:00:02.000001Z', 0.5, '2026-01-01T00:00:01.500001Z'],
    ['datetime', '1969-12-31T23:59:59.5Z', 1, '1969-12-31T23:59:58.500000Z'],
    ['datetime', '0001-01-01T00:00:00Z', 60, '0001-01-01T00:00:00.000000Z'],
  ]
  for (const [columnType, value, lookback, wanted] of backs) {
    it(`${columnType}: ${lookback} before ${value instanceof Digits ? value.text : value} is ${wanted}`, () => {
      expect(orderOf(columnType).back?.(value, lookback)).to.equal(wanted)
    })
  }

  const pairs: readonly [string, Json, Json, boolean][] = [
    ['int', 10, 9, true],
    ['int', 9, 10, false],
    ['int', 10, 10, false],
    ['bigint', new Digits('9007199254740993'), '9007199254740992', true],
    ['decimal(4,1)', '10.0', '9.9', true],
    ['datetime', '2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:00.000000Z', true],
    ['varchar', 'b', 'a', true],
    ['varchar', 'A', 'a', false],
    ['varchar', 'é ', 'E', false],
  ]
  for (const [columnType, key, value, wanted] of pairs) {
    it(`${columnType}: ${jsText(key)} is ${wanted ? '' : 'not '}past ${jsText(value)}`, () => {
      expect(orderOf(columnType).past(value)(key)).to.equal(wanted)
    })
  }

  it('measures no distance between strings', () => expect(orderOf('varchar').back).to.equal(undefined))
})

function jsText(value: Json): string {
  return value instanceof Digits ? value.text : JSON.stringify(value)
}

function orderOf(columnType: string) {
  const scale = Number(/,(\d+)/.exec(columnType)?.[1] ?? 0)
  return keyOrder(columnLike({ dataType: columnType.replace(/\W.*/, ''), columnType, scale }))
}
