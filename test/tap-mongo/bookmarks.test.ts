import { BSONRegExp, Decimal128, deserialize, Long, ObjectId, serialize, Timestamp, UUID } from 'bson'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Json, parseJson, SourceError, stableText } from '../../singer/index.js'
import type { Bookmark } from '../../singer/state.js'
import {
  carriedOver,
  fromBookmark,
  loadBookmark,
  ofThisMethod,
  storedKey,
  storedLoad,
  storedStart,
  storedTime,
  toBookmark,
  tokenBookmark,
} from '../../tap-mongo/bookmarks.js'
import { BsonType } from '../../tap-mongo/bson/bson-type.js'
import { type RawValue, rawValueOf } from '../../tap-mongo/bson/raw-value.js'
import type { Source } from '../../tap-mongo/source.js'
import { recordedLog } from '../singer/recorded-log.js'
import { streamOf } from './connecting.js'
import { everyId, raw, titleOf } from './every-id.js'
import { anyValue } from './random-bson.js'

const oid = '507f1f77bcf86cd799439011'

describe('tap-mongo bookmarks', () => {
  const forms: readonly [string, unknown, Json][] = [
    ['ObjectIds', new ObjectId(oid), { $oid: oid }],
    ['integers of 64 bits', Long.fromString('9007199254740993'), { $numberLong: '9007199254740993' }],
    ['dates with their milliseconds', new Date(1_500_000_000_123), { $date: { $numberLong: '1500000000123' } }],
    ['decimals', Decimal128.fromString('1.10'), { $numberDecimal: '1.10' }],
    ['UUIDs', new UUID('00112233-4455-6677-8899-aabbccddeeff'), uuidJson()],
    ['text', 'a', 'a'],
    ['null', null, null],
    [
      'documents in the order of the state',
      new Map<string, unknown>([
        ['a', false],
        ['b', ''],
      ]),
      { a: false, b: '' },
    ],
  ]
  for (const [title, value, json] of forms) {
    it(`are canonical Extended JSON: ${title}`, () => expect(toBookmark(rawValueOf(value))).to.deep.equal(json))
  }

  const others: readonly [string, RawValue][] = [
    [
      'a document whose fields a state would sort',
      rawValueOf(
        new Map([
          ['b', 1],
          ['a', 1],
        ]),
      ),
    ],
    ['a document that looks like Extended JSON', rawValueOf(new Map([['$oid', 'no id']]))],
    ['a document that looks like one of these', rawValueOf(new Map([['$bson', 'DAAAABAAAQAAAAA=']]))],
    ['text that is not UTF-8', raw(BsonType.string, '02000000ff00')],
    ['DBPointer', raw(BsonType.dbPointer, '020000006100000000000000000000000000')],
    ['undefined', raw(BsonType.undefined, '')],
    ['a date beyond those of JavaScript', raw(BsonType.date, '0000000000000080')],
  ]
  for (const [title, value] of others) {
    it(`are base64 where Extended JSON would change them: ${title}`, () => {
      const stored = toBookmark(value)
      expect(stored).to.have.all.keys('$bson')
      expect(fromBookmark(fromState(stored))).to.deep.equal(value)
    })
  }

  it('come back from a state with the same bytes, whatever the value', () => {
    for (const value of everyId) expect(fromBookmark(fromState(toBookmark(value))), titleOf(value)).to.deep.equal(value)
    fc.assert(
      fc.property(anyValue.map(rawValueOf), (value) => {
        expect(fromBookmark(fromState(toBookmark(value)))).to.deep.equal(value)
      }),
    )
  })

  const plain: readonly [string, unknown][] = [
    ['5', 5],
    ['-1.5', -1.5],
    ['9007199254740993', Long.fromString('9007199254740993')],
    ['18446744073709551615', Decimal128.fromString('18446744073709551615')],
    ['1.10', 1.1],
    ['"2026-01-01"', '2026-01-01'],
    ['false', false],
  ]
  for (const [text, value] of plain) {
    it(`take the plain value ${text} for the BSON that it looks like`, () => {
      expect(fromBookmark(parseJson(text))).to.deep.equal(rawValueOf(value))
    })
  }

  it('that hold no value say so, without the value', () => {
    expect(() => fromBookmark({ $oid: 'secret' }))
      .to.throw(SourceError, /run without this bookmark/)
      .and.not.match(/secret/)
    expect(() => fromBookmark({ $bson: 'AAAA' })).to.throw(SourceError)
  })

  it('of a load come back', () => {
    for (const last of [undefined, ...everyId]) {
      const load = { version: 7, max: rawValueOf('z'), last }
      expect(storedLoad(parsed(loadBookmark(load)))).to.deep.equal(load)
    }
    expect(storedLoad({ version: 7, initial_full_table_complete: true })).to.equal(undefined)
  })

  it('of a change stream hold the whole token, and its time', () => {
    const token = Buffer.from(serialize({ _data: '8263', _typeBits: Buffer.from([1, 2]) }))
    const bookmark = parsed(tokenBookmark(token, new Timestamp({ t: 5, i: 6 })))
    expect(storedStart(bookmark)).to.deep.equal({ kind: 'token', token })
    expect(storedTime(bookmark)).to.deep.equal(new Timestamp({ t: 5, i: 6 }))
  })
})

describe('tap-mongo bookmarks of peers', () => {
  const keys: readonly [string, Json, unknown][] = [
    ['ObjectId', oid, new ObjectId(oid)],
    ['int', '-5', Long.fromNumber(-5)],
    ['Int64', '9007199254740993', Long.fromString('9007199254740993')],
    ['float', '1.5', 1.5],
    ['float', 'inf', Number.POSITIVE_INFINITY],
    ['datetime', '2026-01-02T03:04:05.678000Z', new Date('2026-01-02T03:04:05.678Z')],
    ['Timestamp', '1700000000.7', new Timestamp({ t: 1_700_000_000, i: 7 })],
    ['UUID', '00112233-4455-6677-8899-aabbccddeeff', new UUID('00112233-4455-6677-8899-aabbccddeeff')],
    ['Binary', '00112233-4455-6677-8899-aabbccddeeff', new UUID('00112233-4455-6677-8899-aabbccddeeff')],
    ['bytes', 'AQID', Buffer.from([1, 2, 3])],
    ['str', '5', '5'],
  ]
  for (const [type, stored, value] of keys) {
    it(`hold a key of the type ${type} (${String(stored)}), of singer-io and pipelinewise`, () => {
      const bookmark = { replication_key_name: 'at', replication_key_type: type, replication_key_value: stored }
      expect(storedKey(bookmark, 'at')).to.deep.equal(rawValueOf(value))
      expect(storedKey(bookmark, 'other')).to.equal(undefined)
    })
  }

  for (const [type, stored] of [
    ['Regex', 'x'],
    ['int', '1.5'],
    ['datetime', 'soon'],
    ['float', ''],
    ['toString', ''],
  ] as const) {
    it(`that hold what cannot be read as ${type} stop the stream`, () => {
      const bookmark = { replication_key_name: 'at', replication_key_type: type, replication_key_value: stored }
      expect(() => storedKey(bookmark, 'at')).to.throw(SourceError, `of the type ${type}`)
    })
  }

  it('hold an interrupted load, of singer-io before it named types, too', () => {
    expect(storedLoad({ version: 7, last_id_fetched: oid })).to.deep.equal({
      version: 7,
      max: undefined,
      last: rawValueOf(new ObjectId(oid)),
    })
    const typed = { max_id_value: '9', max_id_type: 'int', last_id_fetched: '5', last_id_fetched_type: 'int' }
    const wanted = { version: 7, max: rawValueOf(Long.fromNumber(9)), last: rawValueOf(Long.fromNumber(5)) }
    expect(storedLoad({ version: 7, ...typed })).to.deep.equal(wanted)
  })

  const data = '8265A1B2C3000000012B0229296E04'
  const starts: readonly [string, Bookmark, unknown][] = [
    ['pipelinewise: a token', { token: { _data: data } }, { _data: data }],
    [
      'MeltanoLabs: the text of a token',
      { replication_key: 'replication_key', replication_key_value: data },
      { _data: data },
    ],
  ]
  for (const [title, bookmark, token] of starts) {
    it(`say where to go on in the log: ${title}`, () => {
      const start = storedStart(bookmark)
      expect(start?.kind === 'token' && deserialize(start.token)).to.deep.equal(token)
    })
  }

  it('say where to go on in the log: singer-io, the time of the oplog', () => {
    expect(storedStart({ oplog_ts_time: 1_700_000_000, oplog_ts_inc: 3 })).to.deep.equal({
      kind: 'time',
      time: new Timestamp({ t: 1_700_000_000, i: 3 }),
    })
    expect(storedStart({ version: 7 })).to.equal(undefined)
  })

  it('of MeltanoLabs go on by _id', () => {
    const bookmark = { replication_key: 'replication_key', replication_key_value: `2012-10-17T20:46:22+00:00|${oid}` }
    expect(storedKey(bookmark, '_id')).to.deep.equal(rawValueOf(new ObjectId(oid)))
    expect(storedKey(bookmark, 'at')).to.equal(undefined)
  })

  it('of the SDK hold a plain value of the key that they name', () => {
    expect(storedKey({ replication_key: 'at', replication_key_value: 5 }, 'at')).to.deep.equal(rawValueOf(5))
    expect(storedKey({ replication_key: 'at', replication_key_value: 5 }, 'other')).to.equal(undefined)
  })

  it('of the SDK hold dates as plain texts', () => {
    const bookmark = { replication_key: 'at', replication_key_value: '2026-01-02T03:04:05.678+00:00' }
    expect(storedKey(bookmark, 'at', true)).to.deep.equal(rawValueOf(new Date('2026-01-02T03:04:05.678Z')))
    expect(storedKey(bookmark, 'at')).to.deep.equal(rawValueOf(bookmark.replication_key_value))
  })

  it('leave nothing behind but what nobody knows', () => {
    const known = ['version', 'last_replication_method', 'max_id_value', 'max_id_type', 'last_id_fetched', 'token']
    const more = [
      'replication_key_name',
      'replication_key_type',
      'replication_key_value',
      'oplog_ts_time',
      'oplog_ts_inc',
    ]
    const bookmark = Object.fromEntries([...known, ...more, 'last_id_fetched_type', 'note'].map((key) => [key, 'x']))
    expect(carriedOver(bookmark)).to.deep.equal({ note: 'x' })
  })

  const others: readonly [string, Bookmark, string][] = [
    ['LOG_BASED', { resume_token: { _data: '82' } }, 'the method LOG_BASED'],
    ['FULL_TABLE', { initial_full_table_complete: true }, 'the method FULL_TABLE'],
    ['FULL_TABLE of singer-io', { last_replication_method: 'FULL_TABLE', version: 7 }, 'the method FULL_TABLE'],
    ['another key', { replication_key: 'other', replication_key_value: 5 }, 'the key other'],
    ['another key of singer-io', { replication_key_name: 'other', replication_key_value: '5' }, 'the key other'],
  ]
  for (const [title, bookmark, what] of others) {
    it(`of ${title} start a stream of INCREMENTAL over, which is said`, () => {
      const { source, log } = incremental()
      expect(ofThisMethod({ ...bookmark, note: 1 }, source, 'INCREMENTAL')).to.deep.equal({ note: 1 })
      expect(log.lines.join('\n')).to.include(`${what}: the stream starts over`)
    })
  }

  for (const bookmark of [{}, { note: 1 }, { replication_key: 'at', replication_key_value: 5 }]) {
    it(`are gone on with where they are of the same method: ${JSON.stringify(bookmark)}`, () => {
      const { source, log } = incremental()
      expect(ofThisMethod(bookmark, source, 'INCREMENTAL')).to.equal(bookmark)
      expect(log.lines).to.deep.equal([])
    })
  }

  it('with a date of the zone of a machine give a warning', () => {
    const { source, log } = incremental()
    const bookmark = {
      replication_key_name: 'at',
      replication_key_type: 'datetime',
      replication_key_value: '2026-01-02',
    }
    expect(ofThisMethod(bookmark, source, 'INCREMENTAL')).to.equal(bookmark)
    expect(log.lines.join('\n')).to.include('zone of its machine')
  })

  it('never take a regular expression for a text', () => {
    const value = rawValueOf(new BSONRegExp('a', 'i'))
    expect(fromBookmark(fromState(toBookmark(value)))).to.deep.equal(value)
  })
})

function incremental(): { source: Pick<Source, 'stream' | 'context'>; log: ReturnType<typeof recordedLog> } {
  const log = recordedLog()
  const context = { log, signal: new AbortController().signal, metrics: { count: () => undefined } }
  const stream = streamOf('shop', 'orders', { replicationMethod: 'INCREMENTAL', replicationKey: 'at' })
  return { source: { stream, context }, log }
}

/** As it is printed, with sorted keys, and read again. */
function fromState(value: Json): Json {
  return parseJson(stableText(value))
}

function parsed(bookmark: Bookmark): Bookmark {
  return fromState(bookmark) as Bookmark
}

function uuidJson(): Json {
  return {
    $binary: { base64: Buffer.from('00112233445566778899aabbccddeeff', 'hex').toString('base64'), subType: '04' },
  }
}
