import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'chai'
import { bin, withFolder, writeJson } from '../support/bins.js'
import { describeOnServers } from './syncing.js'

const rowCount = 260_000

describeOnServers('tap-mysql killed with -9', (db) => {
  before(async function () {
    this.timeout(120_000)
    const digits =
      'SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5'
    const ten = `(${digits} UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)`
    const number = 'a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n + 100000 * f.n'
    const digitTables = [...'abcdef'].map((name) => `${ten} ${name}`).join(', ')
    await db().run('CREATE TABLE many (id int PRIMARY KEY, at datetime)')
    await db().run(
      `INSERT INTO many SELECT ${number}, '2024-01-01' + INTERVAL (${number}) DIV 10 SECOND FROM ${digitTables} WHERE ${number} < ${rowCount}`,
    )
  })

  for (const method of ['FULL_TABLE', 'INCREMENTAL']) {
    it(`${method} goes on from the last state, and the version stays`, async function () {
      this.timeout(120_000)
      await withFolder(async (folder) => {
        const metadata = { [`${db().name}-many`]: { 'replication-method': method, 'replication-key': 'at' } }
        const config = { ...db().server.config, filter_dbs: db().name, select: [`${db().name}-many`], metadata }
        const args = ['--config', await writeJson(join(folder, 'config.json'), config)]
        const ids = new Set<number>()
        const versions = new Set<number>()
        let state: string[] = []
        let sent = 0
        for (const killedAt of [205_000, 5_000, Number.POSITIVE_INFINITY]) {
          const run = await runUntil(killedAt, [...args, ...state])
          for (const id of run.ids) ids.add(id)
          for (const version of run.versions) versions.add(version)
          sent += run.ids.length
          if (run.state) state = ['--state', await writeJson(join(folder, 'state.json'), run.state)]
          expect(run.code).to.equal(killedAt === Number.POSITIVE_INFINITY ? 0 : null)
        }
        expect(ids.size).to.equal(rowCount)
        expect(sent).to.be.lessThan(rowCount + 100_000)
        expect(versions.size).to.equal(1)
      })
    })
  }
})

/** Kills the tap when it has sent so many records; the line that was cut off does not count. */
async function runUntil(records: number, args: readonly string[]) {
  const [program = '', ...main] = bin('tap-mysql')
  const child = spawn(program, [...main, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = once(child, 'exit')
  const found = {
    ids: [] as number[],
    versions: new Set<number>(),
    state: undefined as unknown,
    code: undefined as unknown,
  }
  let rest = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = JSON.parse(line)
      if (message.type === 'RECORD') found.ids.push(message.record.id)
      if (message.type === 'STATE') found.state = message.value
      if (message.version !== undefined) found.versions.add(message.version)
    }
    if (found.ids.length >= records) child.kill('SIGKILL')
  }
  found.code = (await exited)[0]
  return found
}
