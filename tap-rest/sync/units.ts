import type { Bookmark } from '../../singer/state.js'
import { listPartitions, type Partition, parentPartitions } from './partitions.js'
import type { Progress } from './progress.js'
import type { Reading } from './reading.js'
import type { Source } from './source.js'
import { type Window, windowsOf } from './windows.js'

/** What one sequence of pages is read for. */
export interface Unit {
  readonly partition: Partition
  readonly window: Window | undefined
  readonly reading: Reading
  /** Behind it all is complete that its reading has selected. */
  readonly closes: boolean
}

export interface Parents {
  readonly since: Bookmark
  reached(bookmark: Bookmark): void
}

/**
 * In the order of their records. With one bookmark for all, a window is read for the whole list before the next one; with
 * parents, which are read only once, all windows of a parent stand together.
 */
export async function* unitsOf(source: Source, progress: Progress, parents: Parents): AsyncGenerator<Unit> {
  const { plan, parent } = source
  const isShared = plan.partition.state !== 'per_parent'
  if (!parent && isShared) return yield* windowByWindow(source, progress)
  const partitions = parent ? parentPartitions(plan.partition, parent, parents) : listPartitions(plan.partition)
  for await (const partition of partitions) {
    const reading = progress.reading(partition)
    for (const window of windows(source, reading)) yield { partition, window, reading, closes: !isShared }
  }
}

function* windowByWindow(source: Source, progress: Progress): Generator<Unit> {
  const partitions = listPartitions(source.plan.partition)
  const [first] = partitions
  if (!first) return
  for (const window of windows(source, progress.reading(first))) {
    for (const partition of partitions) {
      const reading = progress.reading(partition)
      yield { partition, window, reading, closes: window !== undefined && partition === partitions.at(-1) }
    }
  }
}

function windows({ key, startedAt }: Source, { lower }: Reading): Iterable<Window | undefined> {
  const step = key?.incremental.step
  return step ? windowsOf(lower, step, startedAt) : [undefined]
}
