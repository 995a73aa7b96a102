import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { bin, type Finished, runBin, startBin, withFolder, writeJson } from '../support/bins.js'
import { mysqlServer } from '../support/mysql.js'
import type { SqlServer } from '../support/sql-server.js'
import { onlyFile } from './extract.js'

/** A folder as a runner makes it: settings, a state and an edited catalog of one table of 3 rows. */
interface Project {
  readonly folder: string
  readonly server: SqlServer
  readonly stream: string
  readonly tap: string
  readonly catalog: string
  readonly state: string
}

describe('as Meltano drives them', () => {
  for (const { what, args, stdout } of [
    { what: 'discovers', args: ['--config', 'tap', '--discover'], stdout: isCatalog },
    { what: 'discovers with a state', args: ['--config', 'tap', '--state', 'state', '--discover'], stdout: isCatalog },
    {
      what: 'discovers with a state and an old catalog',
      args: ['--config', 'tap', '--catalog', 'catalog', '--state', 'state', '--discover'],
      stdout: isCatalog,
    },
    { what: 'syncs', args: ['--config', 'tap', '--catalog', 'catalog', '--state', 'state'], stdout: hasThreeRecords },
    { what: 'syncs with --properties', args: ['--config', 'tap', '--properties', 'catalog'], stdout: hasThreeRecords },
    { what: 'tells of itself', args: ['--config', 'tap', '--about', '--format', 'json'], stdout: isAbout },
    { what: 'tells of itself without settings', args: ['--about', '--format=json'], stdout: isAbout },
  ]) {
    it(`tap-mysql ${what}: ${args.join(' ')}`, async () => {
      await withProject(async (project) => {
        const paths: Readonly<Record<string, string>> = {
          tap: project.tap,
          catalog: project.catalog,
          state: project.state,
        }
        const finished = await runBin(
          'tap-mysql',
          args.map((arg) => paths[arg] ?? arg),
        )
        expectQuietSuccess(finished)
        stdout(finished.stdout.toString(), project)
      })
    })
  }

  it('tap-mysql passes the test of an extractor: gone after SIGTERM though nobody reads', async () => {
    await withProject(async ({ server, stream, tap, catalog }) => {
      const table = stream.replace('-', '.')
      await server.query(`INSERT INTO ${table} SELECT a.id * 1000 + b.seq, REPEAT('x', 200), NULL FROM ${table} a,
        (WITH RECURSIVE s (seq) AS (SELECT 100 UNION ALL SELECT seq + 1 FROM s WHERE seq < 999) SELECT seq FROM s) b`)
      await server.query(`INSERT INTO ${table} SELECT id + 1000000, name, updated_at FROM ${table}`)
      const { child, finished } = startBin('tap-mysql', ['--config', tap, '--catalog', catalog], { timeoutMs: 20_000 })
      const started = Date.now()
      if (!child.stdout) throw new Error('no stdout')
      await once(child.stdout, 'readable')
      child.stdout.pause()
      child.kill('SIGTERM')
      await once(child, 'exit')
      child.stdout.resume()
      expect((await finished).code).to.equal(143)
      expect(Date.now() - started).to.be.lessThan(15_000)
    })
  })

  it('target-s3-csv passes the test of a loader: success, and no line speaks of errors', async () => {
    await withFolder(async (folder) => {
      const config = await writeJson(join(folder, 'target.json'), { output_path: join(folder, 'csv') })
      const finished = await runBin('target-s3-csv', ['--config', config], { input: loaderTest })
      expectQuietSuccess(finished)
      expect(finished.stdout.toString()).to.equal('{"bookmarks":{"meltano_test_stream":{}}}\n')
      expect(await onlyFile(join(folder, 'csv'))).to.equal('id,name\n1,Meltano\n')
    })
  })
})

describe('as PipelineWise drives them', () => {
  it('one shell line with --properties and an empty state file', async () => {
    await withProject(async ({ folder, stream, tap, catalog }) => {
      const state = join(folder, 'empty.json')
      await writeFile(state, '')
      const target = await writeJson(join(folder, 'target.json'), { output_path: join(folder, 'csv') })
      const [from, to] = [bin('tap-mysql').join(' '), bin('target-s3-csv').join(' ')]
      const line = `${from} --config ${tap} --properties ${catalog} --state ${state} | ${to} --config ${target}`
      const { stdout } = await promisify(execFile)('/bin/bash', ['-o', 'pipefail', '-c', line])
      const states = stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text))
      expect(states.at(-1)).to.have.property('bookmarks').that.has.property(stream)
      expect(await onlyFile(join(folder, 'csv'))).to.equal(csv)
    })
  })
})

const csv = 'id,name,updated_at\n1,one,2026-01-01T00:00:00Z\n2,"",\n3,,2026-01-03T00:00:00Z\n'

const loaderTest = [
  {
    type: 'SCHEMA',
    stream: 'meltano_test_stream',
    key_properties: ['id'],
    schema: { properties: { id: { type: 'integer' }, name: { type: 'string' } } },
  },
  { type: 'RECORD', stream: 'meltano_test_stream', record: { id: 1, name: 'Meltano' } },
  { type: 'STATE', value: { bookmarks: { meltano_test_stream: {} } } },
]
  .map((message) => `${JSON.stringify(message)}\n`)
  .join('')

async function withProject(use: (project: Project) => Promise<void>): Promise<void> {
  const server = await mysqlServer()
  const database = await server.newDatabase()
  await server.query(`CREATE TABLE ${database}.t (id int PRIMARY KEY, name varchar(255), updated_at datetime);
    INSERT INTO ${database}.t VALUES (1, 'one', '2026-01-01'), (2, '', NULL), (3, NULL, '2026-01-03')`)
  await withFolder(async (folder) => {
    const tap = await writeJson(join(folder, 'tap.json'), { ...server.config, filter_dbs: database })
    const discovered = await runBin('tap-mysql', ['--config', tap, '--discover'])
    const catalog = join(folder, 'catalog.json')
    await writeFile(catalog, selected(discovered.stdout.toString()))
    const state = await writeJson(join(folder, 'state.json'), {})
    await use({ folder, server, stream: `${database}-t`, tap, catalog, state })
  })
}

/** What Meltano's `select: ["*.*"]` makes of a catalog. */
function selected(catalog: string): string {
  const parsed = JSON.parse(catalog)
  for (const stream of parsed.streams) {
    stream.selected = true
    for (const entry of stream.metadata) entry.metadata.selected = true
  }
  return JSON.stringify(parsed)
}

function expectQuietSuccess({ code, stdout, stderr }: Finished): void {
  expect(code, stderr).to.equal(0)
  expect(stdout.toString() + stderr).not.to.match(/error|exception/i)
}

function isCatalog(text: string, { stream }: Project): void {
  const { streams } = JSON.parse(text)
  expect(streams.map((entry: { tap_stream_id: string }) => entry.tap_stream_id)).to.deep.equal([stream])
}

function hasThreeRecords(text: string, { stream }: Project): void {
  const messages = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(messages[0]).to.include({ type: 'SCHEMA', stream })
  expect(messages.filter(({ type }) => type === 'RECORD')).to.have.length(3)
  expect(messages.at(-1).type).to.equal('STATE')
}

function isAbout(text: string): void {
  const about = JSON.parse(text)
  expect(about).to.include({ name: 'tap-mysql' })
  expect(about.capabilities).to.include.members(['catalog', 'discover', 'state'])
  expect(about.settings.properties).to.include.keys('host', 'port', 'user', 'password')
}
