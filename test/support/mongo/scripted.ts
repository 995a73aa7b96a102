import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { serverCursors } from './cursors.js'
import { rawValue } from './elements.js'
import { ownHandlers } from './handlers.js'
import { serve } from './serve.js'
import { type State, startClock } from './state.js'
import { memoryStore } from './store.js'
import type { Handler, Scripted, ScriptedOptions } from './types.js'

/** Starts the server; whoever starts it closes it. */
export async function startScripted(options: ScriptedOptions = {}): Promise<Scripted> {
  const sockets = new Set<Socket>()
  const ending = new AbortController()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  const clock = startClock()
  const store = memoryStore(clock)
  const cursors = serverCursors()
  const rights = { forbidden: new Set<string>(), loggedIn: new Set<number>() }
  const state: State = { options, address: `127.0.0.1:${port}`, store, cursors, clock, ...rights }
  const handlers = new Map<string, Handler>(Object.entries(ownHandlers(state)))
  const scripted: Scripted = {
    uri: `mongodb://127.0.0.1:${port}`,
    port,
    commands: [],
    get openCursors() {
      return cursors.size
    },
    get connections() {
      return sockets.size
    },
    get operationTime() {
      return clock.now
    },
    tick: clock.tick,
    answer: undefined,
    answerHello: undefined,
    handle(name, handler) {
      const before = handlers.get(name)
      handlers.set(name, before ? (command, next) => handler(command, async () => before(command, next)) : handler)
    },
    openCursor: cursors.open,
    onWrite: store.onWrite,
    forbidden: state.forbidden,
    insert(database, collection, ...documents) {
      store.create(database, collection)
      for (const document of documents) store.insert(database, collection, document)
    },
    replace: store.replace,
    remove: (database, collection, id) => store.remove(database, collection, rawValue(id)),
    create(database, collection, createOptions) {
      store.create(database, collection, createOptions)
    },
    createIndex(database, collection, key, indexOptions = {}) {
      const name = Object.entries(key).flat().join('_')
      store.create(database, collection).indexes.push({ v: 2, key, name, ...indexOptions })
    },
    drop(database, collection) {
      store.drop(database, collection)
    },
    documents: (database, collection) => store.collection(database, collection)?.documents ?? [],
    closeConnections() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      ending.abort()
      cursors.closeAll()
      scripted.closeConnections()
      server.close()
      await once(server, 'close')
    },
  }
  let accepted = 0
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.setNoDelay(true)
    accepted++
    serve(socket, { state, scripted, handlers, connection: accepted, signal: ending.signal })
  })
  return scripted
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
