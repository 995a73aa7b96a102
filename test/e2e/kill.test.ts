import { expect } from 'chai'
import { expectedRows, type Method } from '../soak/expected.js'
import { killRound, undisturbedRun } from '../soak/kill-round.js'
import { killModes } from '../soak/kill-soak.js'
import type { PlaceKind } from '../soak/place.js'
import { type Kind, makeTable } from '../soak/tables.js'
import { sqlServers } from '../support/servers.js'

type Case = [kind: Kind, method: Method, place: PlaceKind, mode: string]

// `npm run soak -- kill` runs every combination on both servers.
const cases: Record<string, readonly Case[]> = {
  MySQL: [
    ['int key', 'FULL_TABLE', 's3', 'kill -9 target'],
    ['text key', 'INCREMENTAL', 'local', 'stop and kill in turn'],
    ['no key', 'FULL_TABLE', 'local', 'kill -9 target'],
    ['int key', 'INCREMENTAL', 's3', 'stop target'],
  ],
  MariaDB: [
    ['int key', 'FULL_TABLE', 'local', 'kill -9 tap'],
    ['no key', 'INCREMENTAL', 's3', 'stop and kill in turn'],
    ['text key', 'FULL_TABLE', 'local', 'stop and kill in turn'],
  ],
}

describe('a pipe that is killed and started again', function () {
  this.timeout(300_000)
  for (const { name, server } of sqlServers) {
    for (const [kind, method, place, mode] of cases[name] ?? []) {
      it(`brings every row: ${name}, ${kind}, ${method} to ${place}, ${mode}`, async () => {
        const running = await server()
        const table = await makeTable(running, kind, 60_000)
        const expected = await expectedRows(running, table, method)
        const round = {
          server: running,
          table,
          expected,
          method,
          place,
          modes: killModes[mode] ?? [],
          objectRows: 30_000,
        }
        const { kills, objects } = await killRound({ ...round, kills: 2, undisturbed: await undisturbedRun(round) })
        expect(kills).to.be.above(0)
        expect(objects).to.be.above(1)
      })
    }
  }
})
