import { commandLine } from './conformance/command-line.js'
import { logs } from './conformance/logs.js'
import { describeRules } from './conformance/rules.js'
import { settings } from './conformance/settings.js'
import { discovery } from './conformance/tap-discovery.js'
import { messages } from './conformance/tap-messages.js'
import { processRules } from './conformance/tap-process.js'
import { openTap, type TapBackend, type TapProgram } from './conformance/tap-program.js'
import { selection } from './conformance/tap-selection.js'
import { state } from './conformance/tap-state.js'

export type { TapBackend } from './conformance/tap-program.js'

const groups = {
  'command line': commandLine,
  settings,
  discovery,
  selection,
  messages,
  state,
  process: processRules,
  logs,
}

/**
 * What every tap of the project keeps, seen from outside: the bin is started, its lines are read, signals are sent.
 * `only` these groups: for a second server that answers to the same program.
 */
export function describeTap(name: string, backend: TapBackend, only?: readonly (keyof typeof groups)[]): void {
  describe(name, () => {
    const opened: TapProgram[] = []

    before(async function () {
      this.timeout(300_000)
      opened.push(await openTap(backend))
    })

    after(async () => {
      await Promise.all(opened.map((tap) => tap.close()))
      await backend.tearDown?.()
    })

    for (const [title, rules] of Object.entries(groups)) {
      if (!only || only.some((each) => each === title)) describeRules(title, rules, () => opened[0])
    }
  })
}
