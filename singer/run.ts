import { tapCommandLine, targetCommandLine } from './command-line.js'
import { runProgram } from './program.js'
import type { Tap } from './tap.js'
import { runTapWork } from './tap-run.js'
import { withTapSettings } from './tap-settings.js'
import type { Target } from './target.js'
import { runTargetWork } from './target-run.js'

/** All that the bin of a tap does: `await runTap(tap)`. */
export function runTap<Config>(tap: Tap<Config>): Promise<void> {
  const { name, description, capabilities, settings, commands = {} } = tap
  return runProgram({
    plugin: { name, description, capabilities, settings: withTapSettings(settings) },
    commandLine: tapCommandLine(name, commands),
    commands,
    summary: { done: 'stream sent', cut: 'stream sent' },
    work: (run) => runTapWork(tap, run),
  })
}

/** All that the bin of a target does: `await runTarget(target)`. */
export function runTarget<Config>(target: Target<Config>): Promise<void> {
  return runProgram({
    plugin: target,
    commandLine: targetCommandLine(target.name),
    summary: { done: 'stream written', cut: 'stream not written to its end' },
    work: (run) => runTargetWork(target, run),
  })
}
