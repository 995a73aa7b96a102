import { expect } from 'chai'
import type { JsonObject } from '../../singer/index.js'
import { openerOf } from '../../tap-mongo/open-stream.js'
import { recordedLog } from '../singer/recorded-log.js'
import { startScripted } from '../support/mongo/scripted.js'
import { streamOf, withDeployment } from './connecting.js'

const properties = { _id: { type: 'string' }, document: { type: ['null', 'object'] }, _sdc_deleted_at: {} }

describe('opening a stream', () => {
  const warning =
    'WARNING the catalog has the column document: set strategy to envelope to fill it, or run --discover anew'
  const rows: readonly (readonly [
    title: string,
    settings: JsonObject,
    schema: JsonObject,
    lines: readonly string[],
  ])[] = [
    ['says that a catalog is one of an envelope', {}, { type: 'object', properties }, [warning]],
    ['takes it where it is meant', { strategy: 'envelope' }, { type: 'object', properties }, []],
    ['says nothing of any other', {}, { type: 'object', properties: { document: {} } }, []],
  ]

  for (const [title, settings, schema, lines] of rows) {
    it(title, async () => {
      const server = await startScripted()
      const log = recordedLog()
      try {
        server.insert('shop', 'orders', { _id: 1 })
        await withDeployment(server, { settings, log }, async (common) => {
          await openerOf(common)({ ...streamOf('shop', 'orders'), schema })
        })
        expect(log.lines.map((line) => line.slice(0, warning.length))).to.deep.equal(lines)
      } finally {
        await server.close()
      }
    })
  }
})
