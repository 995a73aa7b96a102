import { availableParallelism } from 'node:os'
import { Gate } from '../singer/gate.js'
import type { Context } from '../singer/tap.js'
import type { Lines, StateText, Target } from '../singer/target.js'
import { type Config, settings } from './config.js'
import { DeadLetters, deadLetterCompression, deadLetterNaming } from './dead-letter.js'
import { createNames, isHive, partitionColumns } from './names.js'
import { OpenObject, type Workshop } from './object.js'
import { OpenObjects } from './open-objects.js'
import { type Plan, planOf } from './plan.js'
import type { Rows, ScanEvent, Scanner } from './scan.js'
import { createScanner } from './scanner.js'
import { States } from './states.js'
import type { Store } from './store.js'
import { createLocalStore } from './store-local.js'

export const target: Target<Config> = {
  name: 'target-s3-csv',
  description: 'Writes the records of a Singer tap as CSV objects to S3 or to a local folder.',
  capabilities: ['about', 'validate-records', 'structured-logging'],
  settings,
  async *load(config, input, context) {
    const plan = planOf(config, new Date())
    if (plan.unused.length > 0) context.log.info(`settings without effect: ${plan.unused.join(', ')}`)
    const store = await openStore(plan, context)
    try {
      yield* loaded(plan, store, input, context)
    } finally {
      store.close()
    }
  },
}

async function openStore({ place }: Plan, { log }: Context): Promise<Store> {
  if ('folder' in place) return createLocalStore(place.folder)
  const { createS3Store } = await import('./store-s3.js')
  return await createS3Store(place.s3, log)
}

async function* loaded(
  plan: Plan,
  store: Store,
  input: AsyncIterable<Lines>,
  context: Context,
): AsyncIterable<StateText> {
  const { signal, log } = context
  const scanner = createScanner(scanOptions(plan, context))
  const letters = new DeadLetters(log)
  const objects = openObjects({ plan, store, scanner, letters, context })
  const states = new States()
  const places = { objects, letters, states, log }
  // Whoever waits for the store must stop waiting.
  const stop = () => void objects.abort()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const lines of input) {
      for (const event of scanner.scan(lines)) await put(event, places)
      await objects.attend()
      yield* newest(states.safe(objects.unfinished()))
    }
    signal.throwIfAborted()
    await objects.finishAll()
    scanner.finish()
    letters.finish()
    yield* newest(states.safe(objects.unfinished()))
  } catch (problem) {
    if (!signal.aborted) throw problem
  } finally {
    signal.removeEventListener('abort', stop)
    await objects.abort()
  }
}

interface Places extends Pick<Context, 'log'> {
  readonly objects: OpenObjects
  readonly letters: DeadLetters
  readonly states: States
}

/** What an event brings goes to its place; what it ends is finished. */
async function put(event: ScanEvent, { objects, letters, states, log }: Places): Promise<void> {
  switch (event.type) {
    case 'ROWS':
      return objects.add(event.rows)
    case 'STATE':
      objects.claim()
      return states.receive(event.text, objects.unfinished())
    case 'SCHEMA':
      return event.previous && objects.finishTable(event.previous)
    case 'ACTIVATE_VERSION': {
      const { stream, version } = event
      await objects.finishStream(stream)
      return log.info('version activated: rows of other versions are outdated', { stream, version })
    }
    case 'INVALID': {
      const rows = letters.add(event)
      return rows && objects.add(rows)
    }
    default:
      return event satisfies never
  }
}

function newest(state: StateText | undefined): StateText[] {
  return state === undefined ? [] : [state]
}

function scanOptions(plan: Plan, { log }: Context): Parameters<typeof createScanner>[0] {
  const { dialect, flatten, metadataColumns, invalidRecords, extraProperties, naming, compression, limits } = plan
  return {
    dialect,
    flatten,
    metadataColumns,
    invalidRecords,
    extraProperties,
    partitionColumns: partitionColumns(naming.template),
    hivePartitions: isHive(naming.template),
    rowsBytes: Math.min(compression.memberBytes, limits.bytes),
    rowsCount: limits.rows,
    log,
  }
}

interface Parts {
  readonly plan: Plan
  readonly store: Store
  readonly scanner: Scanner
  readonly letters: DeadLetters
  readonly context: Context
}

function openObjects({ plan, store, scanner, letters, context }: Parts): OpenObjects {
  const { compression, naming, limits } = plan
  const members = new Gate(Math.max(2, availableParallelism()))
  const workshop: Workshop = { store, members, release: (bytes) => scanner.release(bytes) }
  const names = createNames(naming)
  const letterNames = createNames(deadLetterNaming(naming))
  const objectOf = (rows: Rows): OpenObject => {
    const isLetters = letters.owns(rows)
    const { table, partition } = rows
    return new OpenObject(isLetters ? { ...workshop, release() {} } : workshop, {
      names: (isLetters ? letterNames : names).of(table.stream, partition, new Date()),
      compression: isLetters ? deadLetterCompression : compression,
      header: table.header,
    })
  }
  return new OpenObjects({
    limits,
    isPlain: compression.name === 'none',
    open: objectOf,
    *pending() {
      for (const table of scanner.tables) yield* table.pending()
      yield* letters.pending()
    },
    count(rows, { bytes, count }) {
      if (!letters.owns(rows)) context.metrics.count(rows.table.stream, count, bytes.length)
    },
    log: context.log,
  })
}
