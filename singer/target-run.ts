import type { TargetArguments } from './command-line.js'
import { readConfig } from './config.js'
import { readLines } from './input.js'
import type { Run } from './program.js'
import { openStateFile } from './state-out.js'
import type { StateText, Target } from './target.js'

/** Loads what comes in; each state that is safe goes to the file of --state-out and, as one line, to stdout. */
export async function runTargetWork<Config>(target: Target<Config>, run: Run<TargetArguments>): Promise<void> {
  const { args, log, context, output } = run
  const { name, settings } = target
  const given = await readConfig({ name, settings, files: args.config }, log)
  // The settings were just checked against the schema that `Config` describes.
  const config = given as Config
  const keep = args.stateOut === undefined ? undefined : await openStateFile(args.stateOut)
  const input = readLines(args.input, context.signal)
  for await (const state of onlyNew(target.load(config, input, context))) {
    await keep?.(state)
    // One write per line: a log file never holds half a state.
    await output.end(`${state}\n`)
  }
}

/** Never the same one twice, never one that says nothing: runners overwrite what they have. */
async function* onlyNew(states: AsyncIterable<StateText>): AsyncGenerator<StateText> {
  let last: StateText | undefined
  for await (const state of states) {
    if (state === last || /^\s*\{\s*\}\s*$/.test(state)) continue
    last = state
    yield state
  }
}
