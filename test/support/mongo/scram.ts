import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { Binary, type Document } from 'bson'
import { Refusal } from './refusal.js'
import type { State } from './state.js'
import type { Command, Handler } from './types.js'

/** SCRAM-SHA-256, the server's side: https://www.rfc-editor.org/rfc/rfc7677 */
export function scramHandlers(state: State): Record<string, Handler> {
  const conversations = new Map<number, Conversation>()
  return {
    saslStart(command) {
      const user = first(payload(command), 'n')
      const conversation = begin(payload(command), state.options.users?.[user])
      conversations.set(command.connection, conversation)
      return step(conversation.serverFirst, false)
    },
    saslContinue(command) {
      const conversation = conversations.get(command.connection)
      const signature = conversation && finish(conversation, payload(command))
      if (signature === undefined) throw new Refusal(18, 'AuthenticationFailed', 'Authentication failed.')
      state.loggedIn.add(command.connection)
      return step(`v=${signature}`, true)
    },
  }
}

/** @throws Refusal (13) for commands that need a login when there was none. */
export function refuseStrangers({ options, loggedIn }: State, { name, connection }: Command): void {
  if (!options.users || loggedIn.has(connection) || /^(hello|isMaster|sasl.*|ping|buildInfo)$/i.test(name)) return
  throw new Refusal(13, 'Unauthorized', `Command ${name} requires authentication`)
}

interface Conversation {
  readonly clientFirst: string
  readonly serverFirst: string
  readonly salted: Buffer
}

const iterations = 4096

function begin(text: string, password = randomBytes(16).toString('hex')): Conversation {
  const salt = randomBytes(28)
  const serverFirst = `r=${first(text, 'r')}${randomBytes(18).toString('base64')},s=${salt.toString('base64')},i=${iterations}`
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  return { clientFirst: text.replace(/^n,,/, ''), serverFirst, salted }
}

/** The server's signature, undefined when the client's proof is wrong. */
function finish({ clientFirst, serverFirst, salted }: Conversation, text: string): string | undefined {
  const message = `${clientFirst},${serverFirst},${text.replace(/,p=.*$/, '')}`
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest()
  const signature = hmac(storedKey, message)
  const proof = Buffer.from(first(text, 'p'), 'base64')
  const clientKey = proof.map((byte, index) => byte ^ (signature[index] ?? 0))
  if (!createHash('sha256').update(clientKey).digest().equals(storedKey)) return undefined
  return hmac(hmac(salted, 'Server Key'), message).toString('base64')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function step(text: string, done: boolean): Document {
  return { conversationId: 1, payload: new Binary(Buffer.from(text)), done, ok: 1 }
}

function payload({ body }: Command): string {
  return body.payload instanceof Binary ? Buffer.from(body.payload.buffer).toString() : ''
}

/** The value of `name=` in a message. */
function first(text: string, name: string): string {
  return new RegExp(`(?:^|,)${name}=([^,]*)`).exec(text)?.[1] ?? ''
}
