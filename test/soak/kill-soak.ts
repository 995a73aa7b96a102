import type { SqlServer } from '../support/sql-server.js'
import { expectedRows, type Method } from './expected.js'
import { type KillMode, killRound, undisturbedRun } from './kill-round.js'
import { placeKinds } from './place.js'
import { type Report, reportOf, type SoakOptions } from './report.js'
import { kinds, makeTable, type SoakTable } from './tables.js'

export const methods: readonly Method[] = ['FULL_TABLE', 'INCREMENTAL']

const killTap: KillMode = { victim: 'tap', signal: 'SIGKILL' }
const killTarget: KillMode = { victim: 'target', signal: 'SIGKILL' }
const stopTap: KillMode = { victim: 'tap', signal: 'SIGTERM' }
const stopTarget: KillMode = { victim: 'target', signal: 'SIGTERM' }

/** A stopped tap leaves a state in the middle of a chunk: those in turn are kills on the way on from there. */
export const killModes: Readonly<Record<string, readonly KillMode[]>> = {
  'kill -9 tap': [killTap],
  'kill -9 target': [killTarget],
  'stop tap': [stopTap],
  'stop target': [stopTarget],
  'stop and kill in turn': [stopTap, killTarget, stopTap, killTap],
}

/** On each server at least `rounds` kills of each mode, spread evenly over kinds of tables, methods and places. */
export async function* killSoak({ servers, rows, rounds }: SoakOptions): AsyncGenerator<Report> {
  for (const { name, server } of servers) {
    const running = await server()
    for (const kind of kinds) {
      const table = await makeTable(running, kind, rows)
      for (const method of methods) {
        const points = Math.ceil(rounds / (kinds.length * methods.length))
        yield* killCase(`kill: ${name}, ${kind}, ${method}`, { server: running, table, method, points })
      }
      await running.query(`DROP DATABASE ${table.database}`)
    }
  }
}

interface KillCase {
  readonly server: SqlServer
  readonly table: SoakTable
  readonly method: Method
  readonly points: number
}

async function* killCase(title: string, { server, table, method, points }: KillCase): AsyncGenerator<Report> {
  const expected = await expectedRows(server, table, method)
  const base = { server, table, method, expected, objectRows: Math.ceil(expected.count / 5) }
  const undisturbed = await undisturbedRun(base)
  for (const [mode, modes] of Object.entries(killModes)) {
    for (let left = points, failed = false, round = 0; left > 0 && !failed; round++) {
      const place = placeKinds[round % placeKinds.length] ?? 'local'
      const report = await reportOf(`${title}, ${place}, ${mode}`, async () => {
        const outcome = await killRound({ ...base, place, modes, kills: Math.min(left, 4), undisturbed })
        left -= outcome.kills
        return `${outcome.kills} kills, ${expected.count} rows in ${outcome.objects} objects, ${outcome.duplicates} again`
      })
      yield report
      failed = report.failed
    }
  }
}
