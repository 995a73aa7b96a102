import { commandLine } from './conformance/command-line.js'
import { logs } from './conformance/logs.js'
import { describeRules } from './conformance/rules.js'
import { settings } from './conformance/settings.js'
import { input } from './conformance/target-input.js'
import { processRules } from './conformance/target-process.js'
import { openTarget, type TargetBackend, type TargetProgram } from './conformance/target-program.js'
import { refusals } from './conformance/target-refusals.js'
import { schemas } from './conformance/target-schemas.js'
import { states } from './conformance/target-states.js'

export type { Piece, Place, TargetBackend } from './conformance/target-program.js'

const groups = {
  'command line': commandLine,
  settings,
  input,
  refusals,
  schemas,
  states,
  process: processRules,
  logs,
}

/**
 * What every target of the project keeps, seen from outside: the bin is started and what has arrived is read back.
 * `only` these groups: for a second place that the same program writes to.
 */
export function describeTarget(name: string, backend: TargetBackend, only?: readonly (keyof typeof groups)[]): void {
  describe(name, () => {
    const opened: TargetProgram[] = []

    before(async function () {
      this.timeout(300_000)
      opened.push(await openTarget(backend))
    })

    after(async () => {
      await Promise.all(opened.map((target) => target.close()))
      await backend.tearDown?.()
    })

    for (const [title, rules] of Object.entries(groups)) {
      if (!only || only.some((each) => each === title)) describeRules(title, rules, () => opened[0])
    }
  })
}
