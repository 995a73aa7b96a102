import { expect } from 'chai'
import { isObject } from '../../../singer/json.js'
import { expectFailure, expectGood, linesOf } from './program.js'
import type { Rules } from './rules.js'
import { asMeltano, asPipelinewise, byHand, type Selection, withEntries, withMetadata } from './runners.js'
import { fullTable, type TapProgram } from './tap-program.js'
import { type Entry, entryOf, recordsOf, type Synced, schemasOf, type WireCatalog } from './wire.js'

export const selection: Rules<TapProgram> = {
  'a catalog edited by hand, by Meltano and by PipelineWise means the same streams': async (tap) => {
    const catalog = await tap.catalog()
    const chosen: Selection = {
      [tap.source.small.id]: fullTable,
      [tap.source.odd.id]: fullTable,
      [tap.source.incremental.id]: {
        'replication-method': 'INCREMENTAL',
        'replication-key': tap.source.incremental.replicationKey,
      },
    }
    const [hand, meltano, pipelinewise] = await Promise.all(
      [byHand, asMeltano, asPipelinewise].map(async (edit) => data(await tap.sync({ catalog: edit(catalog, chosen) }))),
    )
    expect(hand?.filter((line) => line.startsWith('SCHEMA'))).to.have.length(3)
    expect(meltano).to.deep.equal(hand)
    expect(pipelinewise).to.deep.equal(hand)
  },

  'legacy keys on the stream alone select it, too': async (tap) => {
    const { id, records } = tap.source.small
    const catalog = withEntries(await tap.catalog(), (entry) =>
      entry.tap_stream_id === id ? { ...entry, selected: true, replication_method: 'FULL_TABLE' } : entry,
    )
    const synced = await tap.sync({ catalog })
    expect(recordsOf(synced, tap.worked.stream)).to.have.length(records)
  },

  'a deselected property is neither in the schema nor in the records; keys always are': async (tap) => {
    const { catalog, entry } = await chosenOne(tap, tap.source.big.id)
    const column = optional(entry)
    const deselected = [column, ...entry.key_properties].reduce(
      (changed, name) => withMetadata(changed, ['properties', name], { selected: false }),
      entry,
    )
    const synced = await tap.sync({ catalog: replacing(catalog, deselected) })
    const [schema] = schemasOf(synced, entry.stream)
    expect(schema?.schema.properties).to.include.keys(entry.key_properties).and.not.include.keys(column)
    const [record] = recordsOf(synced, entry.stream)
    expect(record?.record).to.include.keys(entry.key_properties).and.not.include.keys(column)
    expect(recordsOf(synced, entry.stream)).to.have.length(tap.source.big.records)
  },

  'the replication key is sent even if it is deselected': async (tap) => {
    const { id, replicationKey } = tap.source.incremental
    const incremental = { 'replication-method': 'INCREMENTAL', 'replication-key': replicationKey }
    const { catalog, entry } = await chosenOne(tap, id, incremental)
    const deselected = withMetadata(entry, ['properties', replicationKey], { selected: false })
    const [record] = recordsOf(await tap.sync({ catalog: replacing(catalog, deselected) }), entry.stream)
    expect(record?.record).to.include.keys(replicationKey)
  },

  'a property of the catalog that the source does not have is a warning': async (tap, test) => {
    if (tap.source.isSchemaless) return test.skip()
    const { catalog, entry } = await chosenOne(tap, tap.source.small.id)
    const properties = isObject(entry.schema.properties) ? entry.schema.properties : {}
    const schema = { ...entry.schema, properties: { ...properties, gone_for_good: { type: ['null', 'string'] } } }
    const grown = withMetadata({ ...entry, schema }, ['properties', 'gone_for_good'], { inclusion: 'available' })
    const synced = await tap.sync({ catalog: replacing(catalog, grown) })
    expect(synced.stderr).to.match(/^WARNING .*gone_for_good/m)
    expect(recordsOf(synced, entry.stream)).to.have.length(tap.source.small.records)
  },

  'a stream that fails does not stop the others: exit 1, and its bookmark stays': async (tap) => {
    const { catalog, entry } = await chosenOne(tap, tap.source.small.id)
    const gone = { ...entry, tap_stream_id: 'gone-for-good', stream: 'gone-for-good', table_name: 'gone_for_good' }
    const state = { currently_syncing: 'gone-for-good', bookmarks: { 'gone-for-good': { version: 1, note: 'stays' } } }
    const synced = await tap.sync({ catalog: { ...catalog, streams: [gone, ...catalog.streams] }, state, code: 1 })
    expectFailure({ ...synced, stdout: Buffer.alloc(0) }, 1, 'gone-for-good')
    expect(recordsOf(synced, entry.stream)).to.have.length(tap.source.small.records)
    expect(synced.messages.at(-1))
      .to.have.nested.property('value.bookmarks.gone-for-good')
      .deep.equal({ version: 1, note: 'stays' })
  },

  'nothing selected is a warning that says how to select': async (tap) => {
    const catalog = asMeltano(await tap.catalog(), {})
    const synced = await tap.sync({ catalog })
    expect(synced.stderr).to.match(/^WARNING .*select/m)
    expect(synced.messages.filter(({ type }) => type !== 'STATE')).to.deep.equal([])
  },

  '--select and the setting `select` pick streams and properties without a catalog': async (tap) => {
    const { catalog, source } = tap
    const entry = entryOf(await catalog(), source.small.id)
    const column = optional(entry)
    const patterns = [`${source.small.id}.*`, `!${source.small.id}.${column}`]
    const metadata = { [source.small.id]: fullTable }
    const flags = await tap.sync({ args: patterns.flatMap((pattern) => ['--select', pattern]) })
    const settings = await tap.file({ ...source.config, select: patterns, metadata })
    const setting = await tap.sync({ settings: ['--config', settings] })
    for (const synced of [flags, setting]) {
      expect(recordsOf(synced, entry.stream)).to.have.length(source.small.records)
      expect(recordsOf(synced, entry.stream)[0]?.record).to.not.include.keys(column)
      expect(
        new Set(synced.messages.flatMap((message) => ('stream' in message ? [message.stream] : []))),
      ).to.deep.equal(new Set([entry.stream]))
    }
  },

  'the setting `metadata` sets the method and the key': async (tap) => {
    const { id, replicationKey } = tap.source.incremental
    const metadata = { [id]: { 'replication-method': 'INCREMENTAL', 'replication-key': replicationKey } }
    const settings = await tap.file({ ...tap.source.config, select: [`${id}.*`], metadata })
    const synced = await tap.sync({ settings: ['--config', settings] })
    expect(synced.messages.at(-1)).to.have.nested.property(`value.bookmarks.${id}.replication_key`, replicationKey)
  },

  '--select beside a catalog is refused, and so is the setting': async (tap) => {
    const catalog = ['--catalog', await tap.catalogFile({ [tap.source.small.id]: fullTable })]
    expectFailure(await tap.runTap([...catalog, '--select', '*.*']), 2, 'select', 'catalog')
    const settings = await tap.file({ ...tap.source.config, select: ['*.*'] })
    expectFailure(await tap.run(['--config', settings, ...catalog]), 2, 'select', 'catalog')
  },

  'without a catalog only what is selected by default is sent': async (tap) => {
    const selected = (await tap.catalog()).streams.filter(({ metadata }) =>
      metadata.some(
        ({ breadcrumb, metadata: node }) => breadcrumb.length === 0 && node['selected-by-default'] === true,
      ),
    )
    const finished = await tap.runTap([])
    expectGood(finished)
    const schemas = linesOf(finished.stdout).filter((line) => line.startsWith('{"type":"SCHEMA"'))
    expect(schemas).to.have.length(selected.length)
  },

  'a catalog that is missing or no catalog is named': async ({ runTap, file }) => {
    expectFailure(await runTap(['--catalog', '/no/such/catalog.json']), 2, '/no/such/catalog.json')
    const refused = ['{"streams": ', '[]', '{"streams": 5}'].map(async (content) => {
      const path = await file(content)
      expectFailure(await runTap(['--catalog', path]), 2, path)
    })
    await Promise.all(refused)
  },
}

async function chosenOne(tap: TapProgram, id: string, metadata = fullTable) {
  const catalog = byHand(await tap.catalog(), { [id]: metadata })
  return { catalog, entry: entryOf(catalog, id) }
}

function replacing(catalog: WireCatalog, changed: Entry): WireCatalog {
  return withEntries(catalog, (entry) => (entry.tap_stream_id === changed.tap_stream_id ? changed : entry))
}

/** A property that may be left out. */
function optional({ schema, key_properties }: Entry): string {
  const names = isObject(schema.properties) ? Object.keys(schema.properties) : []
  const name = names.find((each) => !key_properties.includes(each))
  if (name === undefined) throw new Error('a stream of keys alone')
  return name
}

/** What was sent, without what differs from run to run. */
function data({ lines, messages }: Synced): string[] {
  return messages.flatMap((message, at) => {
    if (message.type === 'SCHEMA') return [`SCHEMA ${lines[at]}`]
    return message.type === 'RECORD' ? [`${message.stream} ${JSON.stringify(message.record)}`] : []
  })
}
