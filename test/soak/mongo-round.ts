import { setTimeout as sleep } from 'node:timers/promises'
import { deserialize } from 'bson'
import { bookmarkOf } from '../../singer/state.js'
import { type Runs, withRuns } from '../e2e/mongo-runs.js'
import type { Finished } from '../support/bins.js'
import { changeStreams } from '../support/mongo/changes.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { readCsv } from './csv.js'
import { database, fillCollection, startMongoWriters } from './mongo-writers.js'

export interface MongoRound {
  /** Of each collection at first. */
  readonly documents: number
  readonly kills: number
}

const collections = ['orders', 'notes']
const columns = ['_id', 'v', '_sdc_deleted_at', '_sdc_table_version']

/**
 * `tap-mongo | target-s3-csv` follows collections while they change, are dropped and made anew, and while either end is
 * killed or stopped again and again. When all is quiet the last line of each document must be what the collection holds.
 */
export async function mongoRound({ documents, kills }: MongoRound): Promise<string> {
  const server = await startScripted()
  const changes = changeStreams(server)
  try {
    for (const collection of collections) fillCollection(server, collection, documents)
    return await withRuns(settings(server), async (runs) => {
      const lines = new Map(collections.map((name): [string, Line[]] => [name, []]))
      const writers = startMongoWriters(server, changes, collections)
      let hits = 0
      let written = 0
      try {
        for (let turn = 0; turn < kills; turn++) {
          if (await disturbedRun(runs, server)) hits++
          takeLines(await runs.written(), lines)
        }
      } finally {
        written = writers.stop()
      }
      await lastRuns(runs, lines)
      const state = await runs.state()
      for (const [name, found] of lines) {
        checkSame(server, { name, found, version: bookmarkOf(state, `${database}-${name}`).version })
      }
      const count = [...lines.values()].reduce((sum, { length }) => sum + length, 0)
      return `${written} changes, ${hits} kills, ${count} lines`
    })
  } finally {
    await server.close()
  }
}

function settings({ uri }: Scripted) {
  const ids = collections.map((name) => `${database}-${name}`)
  const tap = {
    uri,
    select: ids.map((id) => `${id}.*`),
    metadata: Object.fromEntries(ids.map((id) => [id, { 'replication-method': 'LOG_BASED' }])),
    await_time_ms: 5,
    copy_slice_seconds: 0.01,
    batch_size: 1 + Math.floor(Math.random() * 40),
  }
  return { tap, target: { add_metadata_columns: true } }
}

/** Says whether the signal met a running process. */
async function disturbedRun(runs: Runs, server: Scripted): Promise<boolean> {
  server.commands.length = 0
  const pipe = await runs.start()
  const both = Promise.all([pipe.tap.finished, pipe.target.finished])
  const victim = Math.random() < 0.5 ? 'tap' : 'target'
  const signal = Math.random() < 0.7 ? 'SIGKILL' : 'SIGTERM'
  const commands = 5 + Math.random() * 80
  while (server.commands.length < commands && pipe.tap.child.exitCode === null) await sleep(2)
  await sleep(Math.random() * 60)
  const isHit = pipe[victim].child.kill(signal)
  const [tap, target] = await both
  const good = [0, 1, 137, 141, 143]
  if (!good.includes(tap.code) || !good.includes(target.code)) throw failed(tap, target)
  if (tap.code === 1 && !isDrop(tap)) throw failed(tap, target)
  return isHit
}

/** A collection that was dropped fails its stream once; the next run copies it anew. */
async function lastRuns(runs: Runs, lines: ReadonlyMap<string, Line[]>): Promise<void> {
  for (let left = 3; left > 0; left--) {
    const pipe = await runs.start()
    const [tap, target] = await Promise.all([pipe.tap.finished, pipe.target.finished])
    takeLines(await runs.written(), lines)
    if (tap.code + target.code === 0) return
    if (!isDrop(tap) || target.code !== 0) throw failed(tap, target)
  }
  throw new Error('no run ended well when all was quiet')
}

function isDrop({ stderr }: Finished): boolean {
  return stderr.includes('the collection was dropped') || stderr.includes('it does not exist')
}

function failed(tap: Finished, target: Finished): Error {
  return new Error(`the tap ended with ${tap.code}, the target with ${target.code}:\n${tap.stderr}\n${target.stderr}`)
}

type Line = readonly (string | null)[]

function takeLines(written: ReadonlyMap<string, string>, lines: ReadonlyMap<string, Line[]>): void {
  for (const [name, found] of lines) {
    let places: number[] = []
    for (const row of readCsv(written.get(`${database}-${name}`) ?? '')) {
      if (row[0] === '_id') places = columns.map((column) => row.indexOf(column))
      else found.push(places.map((place) => row[place] ?? null))
    }
  }
}

interface Found {
  readonly name: string
  readonly found: readonly Line[]
  readonly version: unknown
}

function checkSame(server: Scripted, { name, found, version }: Found): void {
  const last = new Map<string, string>()
  for (const [id, v, deletedAt, ofVersion] of found) {
    if (ofVersion !== String(version)) continue
    if (deletedAt === null) last.set(String(id), String(v))
    else last.delete(String(id))
  }
  const stored = new Map(server.documents(database, name).map(placeAndValue))
  const wrong = [...stored].filter(([id, v]) => last.get(id) !== v)
  const invented = [...last.keys()].filter((id) => !stored.has(id))
  if (wrong.length + invented.length === 0) return
  const examples = wrong.slice(0, 5).map(([id, v]) => `${id} is ${v}, not ${last.get(id)}`)
  throw new Error(
    `${name}: ${wrong.length} documents are missing or old (${examples.join(', ')}), ` +
      `${invented.length} are in no collection (${invented.slice(0, 5).join(', ')})`,
  )
}

function placeAndValue(document: Buffer): [string, string] {
  const { _id, v } = deserialize(document)
  return [String(_id), String(v)]
}
