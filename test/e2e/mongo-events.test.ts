import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EJSON } from 'bson'
import { expect } from 'chai'
import type { Document } from 'mongodb'
import type { JsonObject } from '../../singer/index.js'
import { bin, startPipe, withFolder, writeJson } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import { mongoServer } from '../support/mongo/java.js'
import { startScripted } from '../support/mongo/scripted.js'
import { expectSuccess, onlyFile } from './extract.js'

const golden = join(projectFolder, 'test/golden/mongo-events')

/** A server that holds these documents in the collection `events` of the database. */
const servers: Readonly<
  Record<string, (documents: Document[]) => Promise<{ uri: string; database: string; close(): Promise<void> }>>
> = {
  async 'a scripted server'(documents) {
    const server = await startScripted()
    server.insert('shop', 'events', ...documents)
    return { uri: server.uri, database: 'shop', close: () => server.close() }
  },
  async 'mongo-java-server'(documents) {
    const { uri, client, newDatabase } = await mongoServer()
    const database = newDatabase()
    await client.db(database).collection('events').insertMany(documents)
    return { uri, database, close: async () => undefined }
  },
}

for (const [name, start] of Object.entries(servers)) {
  describe(`the events of a day from ${name}`, () => {
    let server: { uri: string; database: string; close(): Promise<void> }
    before(async function () {
      this.timeout(300_000)
      server = await start(EJSON.parse(await readFile(join(golden, 'events.json'), 'utf8'), { relaxed: false }))
    })
    after(() => server?.close())

    it('are byte for byte what Python writes; the next day brings what is of the next day', async () => {
      await withFolder(async (folder) => {
        const state = join(folder, 'state.json')
        const first = await extract(server, { folder, days: ['2020-12-13', '2020-12-14'] })
        expect(first).to.equal(await readFile(join(golden, 'events.csv'), 'utf8'))
        const second = await extract(server, { folder, days: ['2020-12-14', '2020-12-15'], state })
        expect(second).to.equal('6|2020-12-14 00:00:00|the next day\r\n')
      })
    })
  })
}

interface Extract {
  readonly folder: string
  readonly days: readonly [start: string, end: string]
  /** Of the run before. */
  readonly state?: string
}

async function extract({ uri, database }: { uri: string; database: string }, { folder, days, state }: Extract) {
  const csv = join(folder, days[0])
  const stream = `${database}-events`
  const tap = {
    uri,
    start_date: `${days[0]}T00:00:00Z`,
    end_date: `${days[1]}T00:00:00Z`,
    streams: { [stream]: { defaults: { event_id: -1 } } },
  }
  const target = {
    output_path: csv,
    delimiter: '|',
    header: false,
    line_end: 'crlf',
    datetime: 'YYYY-MM-DD HH:MM:SS',
  }
  const files = {
    tap: await writeJson(join(folder, 'tap.json'), tap),
    catalog: await writeJson(join(folder, 'catalog.json'), { streams: [entry(database, stream)] }),
    target: await writeJson(join(folder, 'target.json'), target),
  }
  const tapArgs = ['--config', files.tap, '--catalog', files.catalog, ...(state ? ['--state', state] : [])]
  const pipe = await startPipe(
    [...bin('tap-mongo'), ...tapArgs],
    [...bin('target-s3-csv'), '--config', files.target, '--state-out', join(folder, 'state.json')],
  )
  expectSuccess(...(await Promise.all([pipe.tap.finished, pipe.target.finished])))
  return onlyFile(csv)
}

/** Three columns: without its `_id` a document is a row like any other. */
function entry(database: string, stream: string): JsonObject {
  return {
    tap_stream_id: stream,
    stream,
    table_name: 'events',
    key_properties: [],
    schema: {
      type: 'object',
      properties: {
        _id: { type: 'string' },
        event_id: { type: ['null', 'integer'] },
        event_timestamp: { type: ['null', 'string'], format: 'date-time' },
        event_name: { type: ['null', 'string'] },
      },
    },
    metadata: [
      {
        breadcrumb: [],
        metadata: {
          selected: true,
          'database-name': database,
          'replication-method': 'INCREMENTAL',
          'replication-key': 'event_timestamp',
        },
      },
      { breadcrumb: ['properties', '_id'], metadata: { selected: false } },
    ],
  }
}
