import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { elements, fromBson, toBson, withFields } from './elements.js'
import { times } from './hello.js'
import { Refusal } from './refusal.js'
import { refuseStrangers } from './scram.js'
import type { State } from './state.js'
import type { Command, Handler, Input, Scripted } from './types.js'
import { type Request, replyBytes, requests } from './wire.js'

export interface Service {
  readonly state: State
  readonly scripted: Scripted
  readonly handlers: ReadonlyMap<string, Handler>
  readonly connection: number
  readonly signal: AbortSignal
}

/** Answers what comes on this connection, one after the other, until it ends. */
export function serve(socket: Socket, service: Service): void {
  // The client closes when it likes; what is wrong on our side closes, too, and the client says so.
  serveAll(socket, service).catch((cause: unknown) => {
    socket.destroy()
    if (!service.signal.aborted && !isGone(cause)) process.emitWarning(cause instanceof Error ? cause : String(cause))
  })
}

async function serveAll(socket: Socket, service: Service): Promise<void> {
  for await (const request of requests(socket)) {
    const command = commandOf(request, service.connection)
    const isHello = /^(hello|ismaster)$/i.test(command.name)
    if (!isHello) service.scripted.commands.push(command)
    const asked = isHello ? service.scripted.answerHello : service.scripted.answer
    const answer = asked?.(command)
    if (answer === 'hang') continue
    if (answer === 'drop') return void socket.destroy()
    if (typeof answer === 'object' && 'delayMs' in answer) await sleep(answer.delayMs, undefined, service)
    const given = typeof answer === 'object' && 'reply' in answer ? answer.reply : undefined
    const reply = await complete(service, given ? () => given : () => ownReply(service, command))
    if (!request.wantsReply) continue
    const bytes = replyBytes(request, reply)
    if (answer === 'cut') return void socket.end(bytes.subarray(0, bytes.length >> 1))
    socket.write(bytes)
  }
}

function commandOf({ database, raw }: Request, connection: number): Command {
  const [first] = elements(raw)
  return { name: first?.name ?? '', database, body: fromBson(raw), raw, connection }
}

function ownReply({ handlers, state }: Service, command: Command): Input | Promise<Input> {
  refuseStrangers(state, command)
  if (state.options.hasSessions === false && command.body.lsid) throw new Refusal(2, 'BadValue', 'no sessions here')
  const unknown = () => {
    throw new Refusal(59, 'CommandNotFound', `no such command: '${command.name}'`)
  }
  return (handlers.get(command.name) ?? unknown)(command, async () => unknown())
}

async function complete({ state }: Service, reply: () => Input | Promise<Input>): Promise<Buffer> {
  const document = await Promise.resolve()
    .then(reply)
    .catch((cause: unknown) => {
      if (cause instanceof Refusal) return cause.reply
      throw cause
    })
  return withFields(toBson(document), times(state))
}

function isGone(cause: unknown): boolean {
  return (
    cause instanceof Error && 'code' in cause && /ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE/.test(String(cause.code))
  )
}
