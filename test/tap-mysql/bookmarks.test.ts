import { expect } from 'chai'
import { Digits, type Json } from '../../singer/index.js'
import { carriedOver, fromBookmark, toBookmark } from '../../tap-mysql/bookmarks.js'
import { columnLike } from './columns.js'

describe('tap-mysql bookmarks', () => {
  const read: readonly [string, Json, Json][] = [
    ['datetime', '2017-01-01T00:00:00.000000Z', '2017-01-01T00:00:00.000000Z'],
    ['datetime', '2017-01-01T00:00:00+00:00', '2017-01-01T00:00:00Z'],
    ['datetime', '2017-01-01T01:30:00.5+01:30', '2017-01-01T00:00:00.5Z'],
    ['datetime', '2017-01-01T00:00:00', '2017-01-01T00:00:00Z'],
    ['timestamp', '2017-01-01 10:00:00', '2017-01-01T10:00:00Z'],
    ['timestamp', '2017-01-01', '2017-01-01T00:00:00Z'],
    ['date', '2017-01-01T00:00:00.000000Z', '2017-01-01'],
    ['date', '2017-01-01', '2017-01-01'],
    ['time', '1970-01-01T12:34:56Z', '12:34:56.000000'],
    ['time', '1970-01-02T01:00:00.5+00:00', '25:00:00.500000'],
    ['time', '1969-12-31T23:59:50Z', '-00:00:10.000000'],
    ['time', '1969-12-31T23:59:59.5Z', '-00:00:00.500000'],
    ['time', '-838:59:59', '-838:59:59'],
    ['bigint', 42, 42],
    ['bigint', '9007199254740993', '9007199254740993'],
    ['bigint', new Digits('18446744073709551615'), '18446744073709551615'],
    ['decimal', new Digits('1.10'), '1.10'],
    ['tinyint', true, '1'],
    ['int', 0, 0],
    ['varchar', '', ''],
    ['varchar', 'é "', 'é "'],
  ]
  for (const [dataType, value, wanted] of read) {
    it(`${dataType}: reads ${JSON.stringify(value)} as ${wanted}`, () => {
      expect(fromBookmark(value, columnLike({ dataType }))).to.equal(wanted)
    })
  }

  for (const [dataType, value] of [
    ['int', '1 OR 1'],
    ['datetime', 'soon'],
    ['date', 5],
    ['time', 'noon'],
    ['varchar', { a: 1 }],
  ] as const) {
    it(`${dataType}: refuses ${JSON.stringify(value)} and does not repeat it`, () => {
      const refused = () => fromBookmark(value, columnLike({ name: 'k', dataType }))
      expect(refused).to.throw(`it holds no ${dataType} for the column k`)
    })
  }

  it('writes digits that no double holds as a string', () => {
    expect(toBookmark(new Digits('18446744073709551615'))).to.equal('18446744073709551615')
    expect(toBookmark(5)).to.equal(5)
  })

  it('keeps what it does not know', () => {
    const bookmark = {
      mine: { a: new Digits('1.10') },
      version: 5,
      progress_markers: {},
      log_file: 'x',
      partitions: [],
    }
    expect(carriedOver(bookmark)).to.deep.equal({ mine: { a: new Digits('1.10') }, partitions: [] })
  })
})
