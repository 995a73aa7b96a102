import { expect } from 'chai'
import type { JsonObject } from '../../../singer/json.js'
import type { BinOptions } from '../bins.js'
import { onceOnly } from '../once.js'
import { expectGood, openProgram, type Program, type WorkOptions } from './program.js'
import { byHand, type Selection } from './runners.js'
import { catalogOf, entryOf, type Synced, syncedOf, type WireCatalog } from './wire.js'

/** What a new tap brings along to get all its tests. */
export interface TapBackend {
  /** Program and first arguments: `bin('tap-mysql')`. */
  readonly command: readonly string[]
  /** Fills the source; called once. */
  setUp(): Promise<TapSource>
  tearDown?(): Promise<void>
}

/** All ids are `tap_stream_id`s, all counts are of records. */
export interface TapSource {
  readonly config: JsonObject
  /** The setting among them that must never be printed. */
  readonly secret: string
  /** A stream with a key that comes whole each time: tens of thousands of records, a pipe is full many times over. */
  readonly big: StreamFacts & {
    /** An interrupted load of it begins anew: the source has no order to go on in. */
    readonly startsOver?: boolean
  }
  /** A few records, whole each time. */
  readonly small: StreamFacts
  readonly empty: { readonly id: string }
  /** A stream whose own name or property names are hard on regular expressions and paths. */
  readonly odd: StreamFacts & { readonly properties: readonly string[] }
  readonly incremental: StreamFacts & {
    readonly replicationKey: string
    /** One more record with a replication key above all others. */
    addRecord(): Promise<void>
  }
  /** Columns are known only by the records that come: nobody can tell that one is gone. */
  readonly isSchemaless?: boolean
  /** Two records; the second one is larger than 25 MiB, half of what Meltano takes. */
  readonly huge?: { readonly id: string }
}

export interface StreamFacts {
  readonly id: string
  readonly records: number
}

export interface TapProgram extends Program {
  readonly source: TapSource
  /** `--config FILE` and these arguments. */
  runTap(args: readonly string[], options?: BinOptions): ReturnType<Program['run']>
  /** What --discover prints, asked for once. */
  catalog(): Promise<WireCatalog>
  /** A catalog file with these streams selected by hand. */
  catalogFile(selection: Selection): Promise<string>
  /** A run that must go well, unless another `code` is expected. */
  sync(options: SyncOptions): Promise<Synced>
}

export interface SyncOptions extends WorkOptions {
  readonly catalog?: WireCatalog
  /** Selected by hand, in place of a catalog. */
  readonly select?: Selection
  /** A text is taken as it is. */
  readonly state?: JsonObject | string
  readonly code?: number
}

/** Whole, whatever the tap would choose. */
export const fullTable: JsonObject = { 'replication-method': 'FULL_TABLE' }

export async function openTap({ command, setUp }: TapBackend): Promise<TapProgram> {
  const source = await setUp()
  const program = await openProgram(command)
  const settings = ['--config', await program.file(source.config)]
  const runTap: TapProgram['runTap'] = (args, options) => program.run([...settings, ...args], options)
  const catalog = onceOnly(async () => {
    const found = await runTap(['--discover'])
    expectGood(found)
    return catalogOf(found.stdout.toString())
  })
  const catalogFile = async (selection: Selection) => program.file(byHand(await catalog(), selection))
  const small = onceOnly(() => catalogFile({ [source.small.id]: fullTable }))
  return {
    ...program,
    config: source.config,
    secret: source.secret,
    source,
    worked: { stream: entryOf(await catalog(), source.small.id).stream, records: source.small.records },
    runTap,
    catalog,
    catalogFile,
    async work(options = {}) {
      const args = [...(options.settings ?? settings), '--catalog', await small(), ...(options.args ?? [])]
      return program.run(args, options)
    },
    async sync({ catalog: given, select, state, code = 0, settings: other, args = [], ...options }) {
      const catalogArgs = given
        ? ['--catalog', await program.file(given)]
        : select
          ? ['--catalog', await catalogFile(select)]
          : []
      const stateArgs = state === undefined ? [] : ['--state', await program.file(state)]
      const finished = await program.run([...(other ?? settings), ...catalogArgs, ...stateArgs, ...args], options)
      if (code === 0) expectGood(finished)
      expect(finished.code, finished.stderr).to.equal(code)
      return syncedOf(finished)
    },
  }
}
