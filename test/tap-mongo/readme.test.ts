import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { ObjectId } from 'bson'
import { expect } from 'chai'
import { type JsonObject, parseJson } from '../../singer/index.js'
import { asObject, isObject } from '../../singer/json.js'
import { bin, withFolder } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import { changeStreams } from '../support/mongo/changes.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'

const readme = readFileSync(join(projectFolder, 'tap-mongo/README.md'), 'utf8')
const password = 'of the singer'
const day = (hours: number) => new Date(Date.UTC(2026, 7, 1, hours))
const item = (last: number) => new ObjectId(`6a1b2c3d000000000000000${last}`)

describe('the README of tap-mongo', () => {
  let server: Scripted
  beforeEach(async () => {
    server = await startScripted({ users: { singer: password } })
    changeStreams(server)
    for (const [name, documents] of Object.entries(shop)) server.insert('shop', name, ...documents)
  })
  afterEach(() => server.close())

  it('begins with settings and commands that list the streams and read one of them', () =>
    inShell(async (shell) => {
      const [settings = '', commands = ''] = blocksOf('Start')
      await shell.write('mongo.json', here(settings, server))
      await shell.run(commands)
      expect(streamsOf(await shell.read('catalog.json'))).to.deep.equal(Object.keys(shop).map((name) => `shop-${name}`))
      expect(recordsOf(await shell.read('orders.jsonl')).map(({ _id }) => _id)).to.deep.equal([1, 2, 3])
    }))

  it('shows metadata that a catalog takes', () =>
    inShell(async (shell) => {
      const [settings = '', , metadata = ''] = blocksOf('Start')
      await shell.write('mongo.json', here(settings, server))
      const catalog = json(await shell.run('tap-mongo --config mongo.json --discover'))
      const [stream = {}] = arrayOf(catalog.streams).filter((entry) => entry.tap_stream_id === 'shop-orders')
      const chosen = { ...stream, metadata: [{ breadcrumb: [], metadata: rootOf(stream, json(metadata)) }] }
      await shell.write('catalog.json', JSON.stringify({ streams: [chosen] }))
      const stdout = await shell.run('tap-mongo --config mongo.json --catalog catalog.json')
      expect(asObject(bookmarksOf(stdout)['shop-orders'])).to.include.keys('resume_token', 'resume_token_time')
    }))

  it('shows settings that select streams and say how they are read', () =>
    inShell(async (shell) => {
      const [, , , settings = ''] = blocksOf('Start')
      const given = { ...json(here(settings.replace('+srv', ''), server)), password }
      await shell.write('mongo.json', JSON.stringify(given))
      const bookmarks = bookmarksOf(await shell.run('tap-mongo --config mongo.json'))
      expect(asObject(bookmarks['shop-orders'])).to.include.keys('resume_token')
      expect(asObject(bookmarks['shop-events'])).to.include({ replication_key: 'event_timestamp' })
    }))

  it('reads the events of a day, and of another by the environment', () =>
    inShell(async (shell) => {
      const [settings = ''] = blocksOf('INCREMENTAL')
      await shell.write('mongo.json', here(settings, server, true))
      const first = recordsOf(await shell.run('tap-mongo --config mongo.json'))
      expect(first.map(({ _id, event_id }) => [_id, event_id])).to.deep.equal([
        [1, -1],
        [2, 20],
      ])
      const [, command = ''] = /`(TAP_MONGO_START_DATE=[^`]+)`/.exec(readme) ?? []
      expect(recordsOf(await shell.run(command)).map(({ _id }) => _id)).to.deep.equal([3])
    }))

  it('has a catalog whose rows do without _id', () =>
    inShell(async (shell) => {
      const [settings = '', catalog = ''] = blocksOf('INCREMENTAL')
      const { uri, streams, start_date, end_date } = json(here(settings, server, true))
      await shell.write('mongo.json', JSON.stringify({ uri, streams, start_date, end_date }))
      await shell.write('catalog.json', catalog)
      await shell.write('csv.json', '{ "output_path": "csv" }')
      await shell.run('tap-mongo --config mongo.json --catalog catalog.json | target-s3-csv --config csv.json')
      const rows = [
        'event_id,event_timestamp,event_name',
        '-1,2026-08-01T01:00:00.000Z,click',
        '20,2026-08-01T02:00:00.000Z,',
      ]
      expect((await shell.csv('csv')).slice(0, 3)).to.deep.equal(rows)
    }))

  it('shows a filter and a projection', () =>
    inShell(async (shell) => {
      const [settings = ''] = blocksOf('Schema and selection')
      await shell.write('mongo.json', here(settings, server, true))
      const records = recordsOf(await shell.run('tap-mongo --config mongo.json'))
      expect(records).to.deep.equal([{ _id: 2, total: 20 }])
    }))

  it('shows a state from which each stream goes on', () =>
    inShell(async (shell) => {
      const [text = ''] = blocksOf('State')
      const bookmarks = asObject(json(text).bookmarks)
      await shell.write('state.json', text)
      const [, , , settings = ''] = blocksOf('Start')
      const { metadata } = json(settings)
      const given = { ...json(here(settings.replace('+srv', ''), server)), password, metadata, select: ['shop-*.*'] }
      // Its log begins with this process, long behind the token.
      await shell.write('mongo.json', JSON.stringify({ ...given, on_history_lost: 'copy_again' }))
      const stdout = await shell.run('tap-mongo --config mongo.json --state state.json')
      expect(idsOf(stdout, 'shop-items')).to.deep.equal([5, 9].map((last) => item(last).toHexString()))
      expect(idsOf(stdout, 'shop-events')).to.deep.equal([3])
      const after = bookmarksOf(stdout)
      for (const id of ['shop-orders', 'shop-events', 'shop-countries']) {
        expect(asObject(after[id]), id).to.have.all.keys(Object.keys(asObject(bookmarks[id])))
      }
    }))
})

const shop: Readonly<Record<string, readonly object[]>> = {
  countries: [{ _id: 'at' }],
  events: [
    { _id: 1, event_timestamp: day(1), event_name: 'click' },
    { _id: 2, event_id: 20, event_timestamp: day(2) },
    { _id: 3, event_id: 30, event_timestamp: day(25) },
  ],
  items: [3, 4, 5, 9].map((last) => ({ _id: item(last) })),
  orders: [
    { _id: 1, total: 10, created_at: day(-1), status: 'paid' },
    { _id: 2, total: 20, created_at: day(1), status: 'paid' },
    { _id: 3, total: 30, created_at: day(2), status: 'draft' },
  ],
}

/** Of a section, in their order. */
function blocksOf(title: string): string[] {
  const [, section = ''] = readme.split(`\n## ${title}\n`)
  const [own = ''] = section.split('\n## ')
  return [...own.matchAll(/^```(?:json|sh)\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
}

/** The settings with this server, and with the password; `hasUser`: with the user as well. */
function here(settings: string, { port }: Scripted, hasUser = false): string {
  const user = hasUser ? `singer:${encodeURIComponent(password)}@` : ''
  const query = settings.includes('authSource') ? '' : '?authSource=admin'
  return settings
    .replace(/(mongodb:\/\/(?:\w+@)?)[\w.]+\/(?=["?])/, `$1${user}127.0.0.1:${port}/${query}`)
    .replace('"password": "…"', `"password": "${password}"`)
}

const json = (text: string): JsonObject => asObject(parseJson(text))
const arrayOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter((each) => isObject(each)) : [])

function messagesOf(stdout: string): JsonObject[] {
  return stdout.trimEnd().split('\n').map(json)
}

function recordsOf(stdout: string, stream?: string): JsonObject[] {
  const records = messagesOf(stdout).filter(({ type }) => type === 'RECORD')
  return records.filter((each) => stream === undefined || each.stream === stream).map(({ record }) => asObject(record))
}

const idsOf = (stdout: string, stream: string) => recordsOf(stdout, stream).map(({ _id }) => _id)

function bookmarksOf(stdout: string): JsonObject {
  const last = messagesOf(stdout).findLast(({ type }) => type === 'STATE')
  return asObject(asObject(last?.value).bookmarks)
}

const streamsOf = (catalog: string) => arrayOf(json(catalog).streams).map(({ tap_stream_id }) => tap_stream_id)

function rootOf(entry: JsonObject, { metadata }: JsonObject): JsonObject {
  const [root] = arrayOf(entry.metadata)
  return { ...asObject(root?.metadata), ...asObject(metadata) }
}

interface Shell {
  /** Its stdout. It must end well. */
  run(commands: string): Promise<string>
  write(name: string, text: string): Promise<void>
  read(name: string): Promise<string>
  /** The lines of the only file in the folder. */
  csv(folder: string): Promise<string[]>
}

/** A folder where the programs are installed. */
function inShell<T>(use: (shell: Shell) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    for (const name of ['tap-mongo', 'target-s3-csv']) {
      const [node = '', program = ''] = bin(name)
      await writeFile(join(folder, name), `#!/bin/sh\nexec '${node}' '${program}' "$@"\n`, { mode: 0o755 })
    }
    const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) }
    return use({
      run: async (commands) =>
        (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder, env })).stdout,
      write: (name, text) => writeFile(join(folder, name), text),
      read: (name) => readFile(join(folder, name), 'utf8'),
      async csv(name) {
        const [file = ''] = await readdir(join(folder, name))
        return (await readFile(join(folder, name, file), 'utf8')).trimEnd().split(/\r?\n/)
      },
    })
  })
}
