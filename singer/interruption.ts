import { SingerError } from './errors.js'
import type { Log } from './log.js'

/** Why a run ends before its work is done: the reason of the aborted signal. */
export class Interruption extends SingerError {
  override name = 'Interruption'
  override readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

export const readerIsGone = 141

export interface Stop {
  readonly signal: AbortSignal
  /** The first call counts, later ones change nothing. */
  abort(reason: Interruption): void
  /** Somebody still reads what is written: after a signal there is time for more of it. */
  moved(): void
}

/** Without anything moving. */
const patienceMs = 3_000
/** In all: Docker kills after ten seconds. */
const longestMs = 9_000

/** Both ends of a pipe get a signal, often twice: the second one changes nothing. */
export function stopOnSignals(log: Log): Stop {
  const controller = new AbortController()
  let deadline: Deadline | undefined
  const abort = (reason: Interruption) => {
    if (controller.signal.aborted) return
    controller.abort(reason)
    deadline = exitAfterDeadline(reason, log)
  }
  process.on('SIGTERM', () => abort(new Interruption('stopped by SIGTERM', 143)))
  process.on('SIGINT', () => abort(new Interruption('stopped by SIGINT', 130)))
  return { signal: controller.signal, abort, moved: () => deadline?.moved() }
}

type Deadline = Pick<Stop, 'moved'>

/** Whatever still waits then, such as a pipe that nobody reads, will not end by itself. */
function exitAfterDeadline(reason: Interruption, log: Log): Deadline {
  const begun = performance.now()
  const timer = setTimeout(() => {
    const say = reason.exitCode > 1 ? log.warning : log.critical
    say(`${reason.message}; gave up waiting for the rest`)
    process.exit(reason.exitCode)
  }, patienceMs).unref()
  return {
    moved() {
      if (performance.now() - begun < longestMs - patienceMs) timer.refresh()
    },
  }
}
