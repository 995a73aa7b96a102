import { aboutText, type Plugin, versionOfPackage } from './about.js'
import type { CommandLine, CommonArguments } from './command-line.js'
import { problemText, SingerError } from './errors.js'
import { Interruption, readerIsGone, type Stop, stopOnSignals } from './interruption.js'
import { createLog, type ProgramLog } from './log.js'
import { createMetrics, type ProgramMetrics } from './metrics.js'
import { Output } from './output.js'
import { openProgress } from './progress.js'
import { printSummary } from './summary.js'
import type { Command, Context } from './tap.js'

/** What the work of a program has at hand, once its command line is read. */
export interface Run<Arguments> {
  readonly args: Arguments
  readonly log: ProgramLog
  readonly metrics: ProgramMetrics
  readonly stop: Stop
  readonly context: Context
  readonly output: Output
}

export interface Program<Arguments> {
  readonly plugin: Plugin
  readonly commandLine: CommandLine<Arguments>
  readonly commands?: Readonly<Record<string, Command>>
  /** What has happened to the rows of a stream when the work is done, and when it ended before. */
  readonly summary: { readonly done: string; readonly cut: string }
  work(run: Run<Arguments>): Promise<void>
}

/** The life of a bin, from argv to the exit code. The process ends when its output is written and nothing is open. */
export async function runProgram<Arguments extends CommonArguments>(program: Program<Arguments>): Promise<void> {
  const log = createLog(program.plugin.name, process.env)
  // Nobody reads the log any more: no reason to stop.
  process.stderr.on('error', () => undefined)
  const stop = stopOnSignals(log)
  stopOnBugs(stop, log)
  try {
    await runArguments(program, process.argv.slice(2), { log, stop, output: new Output(stop) })
  } catch (problem) {
    process.exitCode = reportEnd(stop.signal.aborted ? stop.signal.reason : problem, log)
    if (stop.signal.aborted) log.debug('after the interruption', { problem: problemText(problem) })
  }
}

async function runArguments<Arguments extends CommonArguments>(
  program: Program<Arguments>,
  argv: readonly string[],
  parts: Pick<Run<Arguments>, 'log' | 'stop' | 'output'>,
): Promise<void> {
  const [first = '', ...rest] = argv
  const { commands = {} } = program
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined
  if (command) return parts.output.end(await command.run(rest, parts.log))
  const args = program.commandLine.parse(argv)
  const text = await selfDescription(program, args)
  if (text !== undefined) await parts.output.end(text)
  else await supervised(program, { args, ...parts })
}

/** Needs no settings and loads nothing else. */
async function selfDescription<Arguments extends CommonArguments>(
  { plugin, commandLine }: Program<Arguments>,
  { help, version, about, format }: Arguments,
): Promise<string | undefined> {
  if (help) return `${await commandLine.help()}\n`
  if (version) return `${plugin.name} v${versionOfPackage()}\n`
  return about ? aboutText(plugin, format) : undefined
}

async function supervised<Arguments>(
  program: Program<Arguments>,
  parts: Pick<Run<Arguments>, 'args' | 'log' | 'stop' | 'output'>,
): Promise<void> {
  const { log, stop } = parts
  const { signal } = stop
  const metrics = createMetrics(log)
  const progress = await openProgress(log, metrics)
  let said = program.summary.cut
  try {
    await program.work({ ...parts, metrics, context: { log, metrics, signal } })
    signal.throwIfAborted()
    said = program.summary.done
  } finally {
    progress.close()
    const isUnread = signal.aborted && signal.reason instanceof Interruption && signal.reason.exitCode === readerIsGone
    if (!isUnread) printSummary(said, metrics, log)
  }
}

/** One line per problem; returns the exit code. A stack is for bugs, and only for those who ask for it. */
function reportEnd(problem: unknown, log: ProgramLog): number {
  if (problem instanceof Interruption && problem.exitCode > 1) {
    log.warning(problem.message)
    return problem.exitCode
  }
  if (problem instanceof Error) log.debug(problem.stack ?? '')
  for (const line of problemText(problem).split('\n')) log.critical(line)
  return problem instanceof SingerError ? problem.exitCode : 1
}

/** What nobody caught is a bug. Its message is the last line that a runner shows. */
function stopOnBugs(stop: Stop, log: ProgramLog): void {
  const end = (problem: unknown) => {
    if (problem instanceof Error) log.debug(problem.stack ?? '')
    stop.abort(new Interruption(`not foreseen: ${problemText(problem)}`, 1))
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
