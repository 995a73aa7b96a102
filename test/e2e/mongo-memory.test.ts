import { once } from 'node:events'
import { join } from 'node:path'
import { serialize } from 'bson'
import { expect } from 'chai'
import { asObject, type JsonObject, parseJson } from '../../singer/index.js'
import { mongoDocument } from '../bench/mongo-document.js'
import { bin, runBin, startPipe, startProgram, uncovered, withFolder, writeJson } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import { changeStreams } from '../support/mongo/changes.js'
import { startScripted } from '../support/mongo/scripted.js'

// The bounds are those of Node 20; other versions of V8 leave more garbage lying, or less.
const isMeasured = process.version.startsWith('v20.')
const toNowhere = ['sh', '-c', 'exec cat > /dev/null']
const slowly = ['sh', '-c', 'sleep 3; exec cat > /dev/null']

describe('tap-mongo, memory', function () {
  this.timeout(180_000)

  before(function () {
    if (!isMeasured) this.skip()
  })

  for (const [who, reader] of [
    ['a reader', toNowhere],
    ['a slow reader', slowly],
  ] as const) {
    it(`is bounded over 300,000 documents for ${who}`, () =>
      withMaker(300_000, async (uri) => {
        expect(await peakOf({ uri }, { reader, rows: 300_000 })).to.be.within(30, 130)
      }))
  }

  it('grows by some documents of 15 MB, not by all of them', async () => {
    const server = await startScripted()
    const text = 'x'.repeat(15_000_000)
    for (let _id = 0; _id < 12; _id++) server.insert('made', 'documents', { _id, text })
    const peak = await peakOf({ uri: server.uri }, { reader: toNowhere, rows: 12 })
    await server.close()
    expect(peak).to.be.within(60, 250)
  })

  it('is bounded over 60,000 events of a change stream', async () => {
    const server = await startScripted()
    changeStreams(server)
    const insert = (_id: number) =>
      server.insert('made', 'documents', Buffer.from(serialize({ ...mongoDocument(_id % 1000), _id })))
    insert(0)
    const settings = { uri: server.uri, metadata: { 'made-documents': { 'replication-method': 'LOG_BASED' } } }
    const state = await stateAfter(settings)
    for (let id = 1; id <= 60_000; id++) insert(id)
    const peak = await peakOf(settings, { reader: toNowhere, state, rows: 60_000 })
    await server.close()
    expect(peak).to.be.within(30, 130)
  })
})

const selected = { databases: ['made'], select: ['made-documents'] }

interface Reading {
  readonly reader: readonly string[]
  /** As many must come. */
  readonly rows: number
  readonly state?: JsonObject
}

/** MB, of a run to its end. */
function peakOf(settings: object, { reader, rows, state = {} }: Reading): Promise<number> {
  return withFolder(async (folder) => {
    const config = await writeJson(join(folder, 'mongo.json'), { ...selected, ...settings })
    const before = await writeJson(join(folder, 'state.json'), state)
    const options = { env: uncovered, timeoutMs: 170_000 }
    const { tap } = await startPipe([...bin('tap-mongo'), '--config', config, '--state', before], reader, options)
    const { code, stderr, peakMb } = await tap.finished
    expect(code, stderr).to.equal(0)
    expect(stderr).to.contain(` rows=${rows} `)
    return peakMb
  })
}

function stateAfter(settings: object): Promise<JsonObject> {
  return withFolder(async (folder) => {
    const config = await writeJson(join(folder, 'mongo.json'), { ...selected, ...settings })
    const { stdout } = await runBin('tap-mongo', ['--config', config])
    const lines = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => asObject(parseJson(line)))
    return asObject(lines.filter(({ type }) => type === 'STATE').at(-1)?.value)
  })
}

/** A server of its own process, so that this one's memory and time are not the tap's. */
async function withMaker(documents: number, use: (uri: string) => Promise<void>): Promise<void> {
  const program = join(projectFolder, 'dist/test/bench/mongo-maker.js')
  const maker = startProgram([process.execPath, program, String(documents)], ['ignore', 'pipe', 'pipe'])
  try {
    const [port] = await once(maker.child.stdout ?? process.stdin, 'data')
    await use(`mongodb://127.0.0.1:${String(port).trim()}`)
  } finally {
    maker.child.kill()
    await maker.finished
  }
}
