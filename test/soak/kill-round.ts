import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withFolder } from '../support/bins.js'
import type { SqlServer } from '../support/sql-server.js'
import type { Expected, Method } from './expected.js'
import { followPlace } from './follow.js'
import { type Ended, type Kill, type Load, prepareLoad } from './load.js'
import { makePlace, type PlaceKind } from './place.js'
import type { SoakTable } from './tables.js'

export type KillMode = Pick<Kill, 'victim' | 'signal'>

export interface KillRound {
  readonly server: SqlServer
  readonly table: SoakTable
  readonly expected: Expected
  readonly method: Method
  readonly place: PlaceKind
  /** One kill after the other is of these, in turn. */
  readonly modes: readonly KillMode[]
  /** How often to kill before the load may end. */
  readonly kills: number
  /** A load that nobody kills: it takes so long, and the tap writes so much. */
  readonly undisturbed: Pick<Ended, 'durationMs' | 'bytes'>
  /** Rows after which the target finishes an object. */
  readonly objectRows: number
}

export interface KillOutcome {
  /** Signals that met a running process. */
  readonly kills: number
  readonly objects: number
  /** Rows that arrived more than once. */
  readonly duplicates: number
  readonly lastRun: Ended
}

/**
 * A load from an empty place and no state, killed at random times and started again from its state file until it ends
 * well. After each run: what the state covers is there, what it covered before was not sent again, every object is
 * whole and none has changed. At the end: every row is there. Throws at the first breach.
 */
export function killRound(round: KillRound): Promise<KillOutcome> {
  return withFolder(async (folder) => {
    const output = join(folder, 'output')
    await mkdir(output)
    const place = await makePlace(round.place, output)
    const { server, method, table } = round
    const targetConfig = { max_object_rows: round.objectRows }
    const load = await prepareLoad({ server, stream: table.stream, method, place, folder, targetConfig })
    const follow = followPlace(place, table, round.expected)
    let kills = 0
    for (;;) {
      const mode = kills < round.kills ? round.modes[kills % round.modes.length] : undefined
      const ended = await load.run(mode && { ...mode, ...somewhere(round.undisturbed, kills === 0) })
      const hit = mode && isHit(mode, ended)
      checkCodes(ended, hit ? mode : undefined)
      const mayLeave = hit && mode.victim === 'target' && mode.signal === 'SIGKILL'
      const state = await load.state()
      await follow.afterRun(state, mayLeave ?? false)
      if (hit) kills++
      // A signal may come when everything is done.
      const isDone = !hit || (state !== undefined && round.expected.isComplete(state))
      if (isDone) return { kills, ...(await finish(round, load, follow)), lastRun: ended }
    }
  })
}

/** Loads the table into a folder and checks that, too. */
export async function undisturbedRun(
  round: Omit<KillRound, 'place' | 'modes' | 'kills' | 'undisturbed'>,
): Promise<Ended> {
  const nobody = { place: 'local', modes: [], kills: 0 } as const
  const { lastRun } = await killRound({ ...round, ...nobody, undisturbed: { durationMs: 0, bytes: 0 } })
  return lastRun
}

function checkCodes({ tap, target }: Ended, hit: KillMode | undefined): void {
  const allowed = hit ? allowedCodes[`${hit.victim} ${hit.signal}`] : ['0 0']
  if (allowed.includes(`${tap.code} ${target.code}`)) return
  throw new Error(`tap ended with ${tap.code}, target with ${target.code}\n${tap.stderr}\n${target.stderr}`)
}

/**
 * The first time in the first half of the rows. Then most of the time while rows are flowing or in what follows on them,
 * now and then anywhere, also before the first row.
 */
function somewhere(
  { durationMs, bytes }: KillRound['undisturbed'],
  isFirst: boolean,
): Pick<Kill, 'afterBytes' | 'afterMs'> {
  if (isFirst) return { afterBytes: (Math.random() * bytes) / 2, afterMs: 0 }
  if (Math.random() < 0.2) return { afterBytes: 0, afterMs: Math.random() * durationMs }
  return { afterBytes: Math.random() * bytes, afterMs: Math.random() * 50 }
}

function isHit({ victim, signal }: KillMode, ended: Ended): boolean {
  return ended[victim].code === (signal === 'SIGKILL' ? 137 : 143)
}

// Of tap and target. A killed tap may leave half a line, which the target refuses; a stopped one does not. Whoever
// writes to a target that is gone gets 141, unless it had written everything.
const allowedCodes: Readonly<Record<`${Kill['victim']} ${Kill['signal']}`, readonly string[]>> = {
  'tap SIGKILL': ['137 0', '137 1'],
  'tap SIGTERM': ['143 0'],
  'target SIGKILL': ['141 137', '0 137'],
  'target SIGTERM': ['141 143', '0 143'],
}

async function finish(round: KillRound, load: Load, follow: Follow): Promise<{ objects: number; duplicates: number }> {
  const { method, table, modes } = round
  const restarts = method === 'FULL_TABLE' && table.key.length === 0
  const found = follow.checkComplete(restarts)
  const areStops = modes.length > 0 && modes.every(({ victim, signal }) => victim === 'tap' && signal === 'SIGTERM')
  if (areStops && !restarts && found.duplicates > 0)
    throw new Error(`${found.duplicates} rows again after a stopped tap`)
  if (method === 'INCREMENTAL') {
    await load.run()
    await follow.checkNothingNew()
  }
  return found
}

type Follow = ReturnType<typeof followPlace>
