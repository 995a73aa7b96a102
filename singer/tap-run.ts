import type { FailedStream, Stream } from './catalog.js'
import { readCatalog } from './catalog-file.js'
import { coerce } from './coerce.js'
import type { TapArguments } from './command-line.js'
import { readConfig } from './config.js'
import { variableName } from './environment.js'
import { ConfigError, problemText, SourceError } from './errors.js'
import { asObject, isObject, type JsonObject, jsonText, textsOf } from './json.js'
import type { Message, RecordLines } from './messages.js'
import type { Run } from './program.js'
import { sampled } from './sample.js'
import { unmatchedPatterns, withMetadataRules, withSelection } from './select.js'
import { unknownFields } from './select-unknown.js'
import { selectedStreams } from './selection.js'
import { readState } from './state-file.js'
import type { Context, Tap } from './tap.js'
import { withTapSettings } from './tap-settings.js'
import { writeMessages } from './write-messages.js'

/** Discovery, a test or a sync, as the command line says. `Config` is what the tap's settings describe. */
export async function runTapWork<Config>(tap: Tap<Config>, run: Run<TapArguments>): Promise<void> {
  const { args, output } = run
  if (args.discover) {
    const settings = await readSettings(tap, run)
    const patterns = [selectPatterns(args, settings), patternsOfRunner(tap.name)].find((each) => each.length > 0)
    const { streams, failed } = await discover(tap, settings, run, patterns)
    if (failed.length > 0)
      throw new SourceError([...new Set(failed.map(({ problem }) => problemText(problem)))].join('\n'))
    await output.end(`${jsonText({ streams }, 2)}\n`)
  } else {
    await sync(tap, run)
  }
}

async function sync<Config>(tap: Tap<Config>, run: Run<TapArguments>): Promise<void> {
  const { args, log, context } = run
  const [settings, state, catalog] = await allOrEveryProblem([
    readSettings(tap, run),
    Promise.resolve(args.state).then((path) => (path === undefined ? {} : readState(path))),
    Promise.resolve(args.catalog).then((path) => (path === undefined ? undefined : readCatalog(path))),
  ])
  refuseBoth(args, settings)
  const { entries, failed } = catalog ? { entries: catalog, failed: [] } : await selectedEntries(tap, settings, run)
  const known = selectedStreams(entries, log, tap.hasOpenSchemas)
  const streams = catalog || !tap.hasOpenSchemas ? known : known.map((stream) => withWanted(stream, args, settings))
  if (streams.length + failed.length === 0) log.warning(howToSelect)
  for (const { id, problem } of failed) log.critical(`stream failed: ${problemText(problem)}`, { stream: id })
  // The settings were checked against the schema that `Config` describes.
  const config = settings as Config
  const messages = args.test
    ? sampled(tap, config, { streams, state, mode: args.test }, context)
    : tap.sync(config, streams, state, context)
  await writeMessages(failed.length === 0 ? messages : thenFailing(messages, failed, context), run.output, run)
}

/** The patterns are for fields that come to light later, too. The replication key is always sent. */
function withWanted(stream: Stream, args: TapArguments, settings: JsonObject): Stream {
  const isWanted = unknownFields(stream.id, selectPatterns(args, settings), asObject(settings.metadata))
  const { replicationKey } = stream
  return { ...stream, isWanted: (path) => `${replicationKey}.`.startsWith(`${path}.`) || isWanted(path) }
}

/** What could not even be described stops no other stream, but a run without it is no good run. */
async function* thenFailing(
  messages: AsyncIterable<Message | RecordLines>,
  failed: readonly FailedStream[],
  { signal }: Context,
): AsyncGenerator<Message | RecordLines> {
  const problems: string[] = []
  try {
    yield* messages
  } catch (problem) {
    if (!(problem instanceof SourceError)) throw problem
    problems.push(problemText(problem))
  }
  if (signal.aborted) return
  const names = failed.map(({ id }) => id).join(', ')
  throw new SourceError([...problems, `failed before they began: ${names}`].join('\n'))
}

const howToSelect =
  'no stream is selected: give --select PATTERN or the setting `select`, or set "selected": true in the catalog'

function readSettings<Config>(tap: Tap<Config>, { args, log }: Run<TapArguments>): Promise<JsonObject> {
  const settings = withTapSettings(tap.settings)
  return readConfig({ name: tap.name, settings, files: args.config, isDiscovery: args.discover }, log)
}

/** Somebody who has to mend a file should see at once what else is wrong. */
async function allOrEveryProblem<Results extends readonly unknown[]>(
  work: readonly [...{ [Index in keyof Results]: Promise<Results[Index]> }],
): Promise<Results> {
  const ends = await Promise.allSettled(work)
  const problems = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  if (problems.length === 0) return Promise.all(work)
  const foreign = problems.find((problem) => !(problem instanceof ConfigError))
  throw foreign ?? new ConfigError(problems.map(({ message }) => message).join('\n'))
}

function refuseBoth(args: TapArguments, settings: JsonObject): void {
  if (args.catalog === undefined) return
  const given = [
    ...(args.select.length > 0 ? ['--select'] : []),
    ...(args.select.length === 0 && textsOf(settings.select).length > 0 ? ['the setting `select`'] : []),
    ...(Object.keys(asObject(settings.metadata)).length > 0 ? ['the setting `metadata`'] : []),
  ]
  if (given.length === 0) return
  throw new ConfigError(
    `${given.join(' and ')} and a catalog are given: a catalog says by itself what is selected and how; leave one out`,
  )
}

/** The catalog of the source, selected by pattern and rule. */
async function selectedEntries<Config>(
  tap: Tap<Config>,
  settings: JsonObject,
  run: Run<TapArguments>,
): Promise<Described> {
  const patterns = selectPatterns(run.args, settings)
  const { streams, failed } = await discover(tap, settings, run, patterns)
  const ids = [...streams, ...failed.map(({ id }) => ({ tap_stream_id: id }))]
  for (const pattern of unmatchedPatterns(ids, patterns)) {
    run.log.warning('a pattern of --select or `select` matches no stream', { pattern })
  }
  const selected = patterns.length === 0 ? streams : withSelection(streams, patterns)
  const entries = isObject(settings.metadata) ? withMetadataRules(selected, settings.metadata) : selected
  return { entries, failed }
}

interface Described {
  readonly entries: readonly JsonObject[]
  readonly failed: readonly FailedStream[]
}

async function discover<Config>(
  tap: Tap<Config>,
  settings: JsonObject,
  { context }: Run<TapArguments>,
  patterns: readonly string[] = [],
): Promise<{ readonly streams: readonly JsonObject[]; readonly failed: readonly FailedStream[] }> {
  // The settings were checked against the schema that `Config` describes.
  const config = settings as Config
  const catalog = await tap.discover(config, context, ...(patterns.length > 0 ? [patterns] : []))
  return { streams: catalog.streams.map((entry) => ({ ...entry })), failed: catalog.failed ?? [] }
}

function selectPatterns({ select }: TapArguments, settings: JsonObject): string[] {
  return select.length > 0 ? [...select] : textsOf(settings.select)
}

/** Meltano tells its plugins which streams will be wanted: a large source need not be described as a whole. */
function patternsOfRunner(name: string): string[] {
  const text = process.env[variableName(name, '', 'select')] ?? process.env.MELTANO_EXTRACT__SELECT
  return text ? textsOf(coerce(text, { type: 'array', items: { type: 'string' } })) : []
}
