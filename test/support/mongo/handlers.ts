import { cursorBatchSize, listed } from './batches.js'
import { allowed, catalogHandlers } from './catalog-commands.js'
import { documentsOf, emptyDocument, field } from './elements.js'
import { count, find, read } from './find.js'
import { buildInfo, hello } from './hello.js'
import { runPipeline } from './pipeline.js'
import { scramHandlers } from './scram.js'
import type { State } from './state.js'
import type { Command, Handler } from './types.js'
import { writeHandlers } from './write-commands.js'

/** The server's own answers, by the name of the command. */
export function ownHandlers(state: State): Record<string, Handler> {
  const welcome: Handler = (command) => hello(state, command)
  const done: Handler = () => ({ ok: 1 })
  return {
    hello: welcome,
    isMaster: welcome,
    ismaster: welcome,
    ping: done,
    endSessions: done,
    buildInfo: () => buildInfo(state),
    find: allowed(state, (command) => find(state, command)),
    aggregate: allowed(state, (command) => aggregate(state, command)),
    count: allowed(state, (command) => count(state, command)),
    getMore: (command) => state.cursors.getMore(command),
    killCursors: (command) => state.cursors.kill(command),
    ...scramHandlers(state),
    ...catalogHandlers(state),
    ...writeHandlers(state),
  }
}

function aggregate(state: State, command: Command): Buffer {
  const collection = String(command.body.aggregate)
  const stages = documentsOf(field(command.raw, 'pipeline'))
  const documents = runPipeline(read(state, command.database, collection, emptyDocument), stages)
  return listed(state, documents, {
    namespace: `${command.database}.${collection}`,
    batchSize: cursorBatchSize(command),
  })
}
