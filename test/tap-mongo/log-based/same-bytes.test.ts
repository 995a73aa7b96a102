import * as bson from 'bson'
import { expect } from 'chai'
import type { Message, RecordLines } from '../../../singer/index.js'
import { type RawValue, rawValueOf } from '../../../tap-mongo/bson/raw-value.js'
import { syncFullTable } from '../../../tap-mongo/full-table.js'
import { syncLogBased } from '../../../tap-mongo/log-based.js'
import type { Common } from '../../../tap-mongo/source.js'
import { opened, streamOf, withDeployment } from '../connecting.js'
import { everyId } from '../every-id.js'
import { documentAround } from '../random-bson.js'
import { read, withServer } from './following.js'

/** Of every type: those of ids, and those that ids cannot have. */
const values: readonly RawValue[] = [
  ...everyId,
  ...[new bson.BSONRegExp('^a"', 'i'), new bson.Code('f()', { x: 1 }), [1, ['x', null]]].map(rawValueOf),
  { type: 0x06, bytes: Buffer.alloc(0) },
]

describe('LOG_BASED: the same document has the same bytes', () => {
  for (const settings of [{}, { document_format: 'relaxed_ejson' }, { document_format: 'canonical_ejson' }]) {
    it(`by find and by the log, whatever its values: ${JSON.stringify(settings)}`, () =>
      withServer({}, async ({ server }) => {
        server.create('shop', 'every')
        const { state } = await read(server, { streams: ['every'], settings })
        values.forEach((value, n) => {
          server.insert('shop', 'every', documentWith(n, value))
        })
        const [found, logged] = await withDeployment(server, { settings }, async (common) => [
          await recordsOf(byFind(common)),
          await recordsOf(byLog(common, state)),
        ])
        expect(found).to.have.length(values.length)
        expect(logged).to.deep.equal(found)
      }))
  }
})

/** The value at the top, in a document and in an array. */
function documentWith(n: number, value: RawValue): Buffer {
  const element = (name: string) => {
    return Buffer.concat([Buffer.from([value.type]), Buffer.from(`${name}\0`), value.bytes]).toString('hex')
  }
  const id = Buffer.alloc(4)
  id.writeInt32LE(n)
  const inner = (type: string, name: string, hex: string) =>
    `${type}${Buffer.from(`${name}\0`).toString('hex')}${documentAround(hex).toString('hex')}`
  const fields = [element('top'), inner('03', 'object', element('in')), inner('04', 'list', element('0'))]
  return documentAround(`10${Buffer.from('_id\0').toString('hex')}${id.toString('hex')}${fields.join('')}`)
}

async function* byFind(common: Common) {
  const { source, writer } = await opened(common, streamOf('shop', 'every'))
  yield* syncFullTable(source, writer, {})
}

function byLog(common: Common, state: Parameters<typeof syncLogBased>[1]) {
  const stream = streamOf('shop', 'every', { replicationMethod: 'LOG_BASED' })
  return syncLogBased([{ id: stream.id, open: () => opened(common, stream) }], state, common)
}

/** As they stand in their lines. */
async function recordsOf(messages: AsyncIterable<Message | RecordLines>): Promise<string[]> {
  const records: string[] = []
  for await (const message of messages) {
    if (message.type !== 'RECORD_LINES') continue
    for (const line of message.lines.toString().trimEnd().split('\n')) {
      records.push(line.slice(line.indexOf('"record":'), line.lastIndexOf(',"version":')))
    }
  }
  return records
}
