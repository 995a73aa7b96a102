import { expect } from 'chai'
import { mongoTap } from '../../tap-mongo/tap.js'
import { recordedLog } from '../singer/recorded-log.js'
import { testPace } from './connecting.js'
import { configOf } from './given-config.js'
import { oneCollection } from './one-collection.js'

describe('tap-mongo reports at the end of a stream', () => {
  const db = oneCollection()

  for (const method of ['FULL_TABLE', 'INCREMENTAL'] as const) {
    it(`${method}: what became null, and how often the schema was not enough`, async () => {
      const stream = db.made([
        { _id: 1, k: 1 },
        { _id: 2, k: 2, x: Number.NaN },
      ])
      const log = recordedLog()
      const context = { log, signal: new AbortController().signal, metrics: { count: () => undefined } }
      const tap = mongoTap(testPace)
      const messages = tap.sync(
        configOf({ uri: db.server.uri }),
        [{ ...stream, replicationMethod: method }],
        {},
        context,
      )
      for await (const _ of messages);
      expect(log.lines).to.have.lengthOf(2)
      expect(log.lines[0]).to.match(/^INFO .*wider schemas were sent.* stream=db-c .*schemas=1/)
      expect(log.lines[1]).to.match(/^WARNING .*sent as null.* stream=db-c .*"x":1/)
    })
  }
})
