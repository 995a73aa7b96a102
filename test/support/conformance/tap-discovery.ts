import { expect } from 'chai'
import { envName, expectGood, linesOf } from './program.js'
import type { Rules } from './rules.js'
import { breadcrumbsOf, byHand } from './runners.js'
import { fullTable, type TapProgram } from './tap-program.js'
import { entryOf, recordsOf } from './wire.js'

export const discovery: Rules<TapProgram> = {
  '--discover prints one JSON object, and the same bytes again': async ({ runTap }) => {
    const [first, second] = await Promise.all([runTap(['--discover']), runTap(['-d'])])
    expectGood(first)
    expect(first.stdout.toString()).to.match(/^\{.*\}\n$/s)
    expect(second.stdout.equals(first.stdout)).to.equal(true)
  },

  'it finds every stream, under an id without dots': async ({ catalog, source }) => {
    const ids = (await catalog()).streams.map(({ tap_stream_id }) => tap_stream_id)
    const { big, small, empty, odd, incremental } = source
    expect(ids).to.include.members([big, small, empty, odd, incremental].map(({ id }) => id))
    expect(new Set(ids).size).to.equal(ids.length)
    for (const id of ids) expect(id).to.not.include('.')
  },

  'every entry has metadata for the root and for every property at every depth': async ({ catalog, source }) => {
    for (const { tap_stream_id, schema, metadata } of (await catalog()).streams) {
      const described = metadata.map(({ breadcrumb }) => breadcrumb)
      expect(described, tap_stream_id).to.have.deep.members([[], ...breadcrumbsOf(schema)])
    }
    const names = breadcrumbsOf(entryOf(await catalog(), source.odd.id).schema).map((breadcrumb) => breadcrumb.at(-1))
    expect(names).to.include.members([...source.odd.properties])
  },

  'keys are automatic and named in the metadata and in the legacy place': async ({ catalog, source }) => {
    const { key_properties, metadata } = entryOf(await catalog(), source.big.id)
    expect(key_properties).to.not.deep.equal([])
    const nodeAt = (path: string[]) => metadata.find(({ breadcrumb }) => `${breadcrumb}` === `${path}`)?.metadata
    expect(nodeAt([])).to.deep.include({ 'table-key-properties': key_properties })
    for (const key of key_properties) expect(nodeAt(['properties', key])).to.include({ inclusion: 'automatic' })
  },

  'a state and an old catalog beside --discover are ignored': async ({ runTap, file }) => {
    const plain = await runTap(['--discover'])
    const stale = ['--catalog', await file({ streams: [] }), '--state', await file({ bookmarks: { gone: { n: 1 } } })]
    const beside = await runTap([...stale, '--discover'])
    expectGood(beside)
    expect(beside.stdout.equals(plain.stdout)).to.equal(true)
  },

  "Meltano's environment is taken in good part": async (tap) => {
    const env = {
      [envName(tap, '_select')]: '["*.*"]',
      MELTANO_EXTRACT__SELECT: '["*.*"]',
      MELTANO_EXTRACT_NAMESPACE: 'x',
    }
    const found = await tap.runTap(['--discover'], { env })
    expectGood(found)
    expect(found.stdout.equals((await tap.runTap(['--discover'])).stdout)).to.equal(true)
  },

  'the output works unchanged as --catalog, --properties and -p': async (tap) => {
    const found = (await tap.runTap(['--discover'])).stdout.toString()
    const path = await tap.file(found)
    const runs = await Promise.all(['--catalog', '--properties', '-p'].map((flag) => tap.sync({ args: [flag, path] })))
    const types = runs.map(({ messages }) => messages.map(({ type }) => type))
    expect(types[1]).to.deep.equal(types[0])
    expect(types[2]).to.deep.equal(types[0])
  },

  '--properties selects as --catalog does': async (tap) => {
    const { id, records } = tap.source.small
    const path = await tap.file(byHand(await tap.catalog(), { [id]: fullTable }))
    for (const flag of ['--properties', '-p']) {
      const synced = await tap.sync({ args: [flag, path] })
      expect(recordsOf(synced, tap.worked.stream)).to.have.length(records)
    }
  },

  '--test connects and reads without moving anything on': async ({ runTap, catalogFile, source }) => {
    const catalog = ['--catalog', await catalogFile({ [source.big.id]: fullTable })]
    const finished = await runTap(['--test', ...catalog])
    expectGood(finished)
    expect(linesOf(finished.stdout).length).to.be.lessThan(source.big.records)
  },
}
