import { expect } from 'chai'
import fc from 'fast-check'
import type { Json } from '../../singer/index.js'
import { behind, type KeyColumn, orderBy, upTo } from '../../tap-mysql/keyset.js'
import { describeOnServers } from './syncing.js'

const column = (name: string): KeyColumn => ({ name, literal: (value) => String(value) })

describe('tap-mysql keyset', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(column) as [KeyColumn, KeyColumn, KeyColumn]
  const facts: readonly [string, string, string][] = [
    ['one column, behind', behind([a], [1]), '`a`>1'],
    ['one column, up to', upTo([a], [1]), '`a`<=1'],
    ['two columns, behind', behind([a, b], [1, 2]), '`a`>=1 AND (`a`>1 OR (`a`=1 AND (`b`>2)))'],
    ['two columns, up to', upTo([a, b], [1, 2]), '`a`<=1 AND (`a`<1 OR (`a`=1 AND (`b`<=2)))'],
    [
      'three columns, behind',
      behind([a, b, c], [1, 2, 3]),
      '`a`>=1 AND (`a`>1 OR (`a`=1 AND (`b`>2 OR (`b`=2 AND (`c`>3)))))',
    ],
    ['a name with a backtick', behind([column('a`b')], [1]), '`a``b`>1'],
    ['ascending order', orderBy(['a', 'b']), 'ORDER BY `a`, `b`'],
    ['descending order', orderBy(['a', 'b'], 'DESC'), 'ORDER BY `a` DESC, `b` DESC'],
    ['no order without columns', orderBy([]), ''],
  ]
  for (const [title, found, wanted] of facts) it(title, () => expect(found).to.equal(wanted))

  const tuples = fc
    .integer({ min: 1, max: 4 })
    .chain((size) =>
      fc.tuple(
        fc.array(digit, { minLength: size, maxLength: size }),
        fc.array(digit, { minLength: size, maxLength: size }),
      ),
    )

  it('means the same as comparing the values one by one', () => {
    fc.assert(
      fc.property(tuples, ([row, bound]) => {
        const key = row.map((_, i) => column(`k${i}`))
        expect(holds(behind(key, bound), row)).to.equal(compare(row, bound) > 0)
        expect(holds(upTo(key, bound), row)).to.equal(compare(row, bound) <= 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('begins with a plain comparison of the first column, which gives the server its range', () => {
    fc.assert(
      fc.property(tuples, ([row, bound]) => {
        const key = row.map((_, i) => column(`k${i}`))
        expect(behind(key, bound)).to.match(/^`k0`>=?\d( AND |$)/)
        expect(upTo(key, bound)).to.match(/^`k0`<=\d( AND |$)/)
      }),
    )
  })
})

const digit = fc.integer({ min: 0, max: 3 })

function compare(row: readonly number[], bound: readonly number[]): number {
  const at = row.findIndex((value, i) => value !== bound[i])
  return at < 0 ? 0 : (row[at] ?? 0) - (bound[at] ?? 0)
}

/** The predicate, read as JavaScript. */
function holds(predicate: string, row: readonly Json[]): boolean {
  const source = predicate
    .replace(/`k(\d)`/g, 'row[$1]')
    .replace(/([^<>])=/g, '$1===')
    .replaceAll('AND', '&&')
    .replaceAll('OR', '||')
  return new Function('row', `return ${source}`)(row)
}

describeOnServers('tap-mysql keyset', (db) => {
  const digits = [0, 1, 2, 3]
  const tuples = digits.flatMap((a) => digits.flatMap((b) => digits.map((c) => [a, b, c] as const)))

  it('splits a table in two at every one of its rows', async () => {
    await db().run('CREATE TABLE tuples (a int, b int, c int, n int, PRIMARY KEY (a, b, c))')
    await db().run(`INSERT INTO tuples VALUES ${tuples.map((tuple, n) => `(${tuple.join()},${n})`).join()}`)
    const key = ['a', 'b', 'c'].map(column)
    for (const [n, tuple] of tuples.entries()) {
      const parts = `SUM(${upTo(key, tuple)}) AS before_or_at, MAX(IF(${upTo(key, tuple)}, n, NULL)) AS last_before`
      const sql = `SELECT ${parts}, SUM(${behind(key, tuple)}) AS behind_it FROM DB.tuples`
      const [row] = await db().server.query(sql.replace('DB', db().name))
      const expected = { before_or_at: String(n + 1), last_before: String(n), behind_it: String(tuples.length - n - 1) }
      const texts = Object.entries(row ?? {}).map(([name, value]) => [name, String(value)])
      expect(Object.fromEntries(texts)).to.deep.equal(expected)
    }
  })

  it('lets the server begin its scan of the index there', async () => {
    const key = ['a', 'b', 'c'].map(column)
    const sql = `EXPLAIN FORMAT=TRADITIONAL SELECT * FROM ${db().name}.tuples WHERE ${behind(key, [3, 2, 1])} ORDER BY a, b, c LIMIT 5`
    const [plan] = await db().server.query(sql)
    expect(plan).to.deep.include({ type: 'range', key: 'PRIMARY' })
  })
})
