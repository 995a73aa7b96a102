import type { Catalog, Stream } from './catalog.js'
import type { Log } from './log.js'
import type { Message, RecordLines } from './messages.js'
import type { Metrics } from './metrics.js'
import type { JsonSchema } from './schema.js'
import type { State } from './state.js'

export interface Context {
  readonly log: Log
  readonly metrics: Metrics
  /**
   * Aborted on SIGINT, SIGTERM and when the reader of stdout is gone. Whoever waits for the source must stop waiting.
   * A tap then yields the STATE of what it has yielded and returns; a target aborts what is open and returns.
   */
  readonly signal: AbortSignal
}

/** Work of a program beside its main one: `tap-rest migrate FILE`. */
export interface Command {
  /** For --help: its arguments, then what it does. */
  readonly usage: string
  /** What stdout gets; `argv` is what follows the command's name. */
  run(argv: readonly string[], log: Log): Promise<string>
}

export interface Tap<Config> {
  readonly name: string
  /** What it says of itself in --about. Declare only what a test proves. */
  readonly description: string
  readonly capabilities: readonly string[]
  /**
   * One JSON Schema: checks the settings, fills in defaults, and makes --about, the README table and meltano.yml. Marks:
   * `secret: true` for what no log may hold, `discovery: false` for what a discovery can do without.
   */
  readonly settings: JsonSchema
  /** Its catalogs may name fewer properties than records have: keys may be in none of them. */
  readonly hasOpenSchemas?: boolean
  /** By name; needs no settings. */
  readonly commands?: Readonly<Record<string, Command>>
  /** `patterns`: only streams that these select patterns can match are wanted; a hint, the rest may be left out. */
  discover(config: Config, context: Context, patterns?: readonly string[]): Promise<Catalog>
  /**
   * Messages in the order of the wire. `streams` are the selected ones, resolved. Drivers are imported in here, not at
   * the top: --help must not load them.
   */
  sync(config: Config, streams: readonly Stream[], state: State, context: Context): AsyncIterable<Message | RecordLines>
}
