import type { Socket } from 'node:net'
import { arrayOf, documentOf, elements, field } from './elements.js'

// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
const opcode = { reply: 1, query: 2004, message: 2013 }

export interface Request {
  readonly id: number
  readonly isQuery: boolean
  readonly wantsReply: boolean
  readonly database: string
  /** The command; document sequences stand in it as arrays. */
  readonly raw: Buffer
}

/** The requests of a connection, until it ends. */
export async function* requests(socket: Socket): AsyncGenerator<Request> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 16 && rest.length >= rest.readInt32LE(0)) {
      const size = rest.readInt32LE(0)
      yield request(rest.subarray(0, size))
      rest = rest.subarray(size)
    }
  }
}

export function replyBytes({ id, isQuery }: Request, reply: Buffer): Buffer {
  // OP_REPLY: flags, cursor, start, one document. OP_MSG: flags, a section of kind 0.
  const prefix = Buffer.alloc(isQuery ? 20 : 5)
  if (isQuery) prefix.writeInt32LE(1, 16)
  const header = Buffer.alloc(16)
  header.writeInt32LE(16 + prefix.length + reply.length, 0)
  header.writeInt32LE(1, 4)
  header.writeInt32LE(id, 8)
  header.writeInt32LE(isQuery ? opcode.reply : opcode.message, 12)
  return Buffer.concat([header, prefix, reply])
}

function request(message: Buffer): Request {
  const id = message.readInt32LE(4)
  const code = message.readInt32LE(12)
  if (code === opcode.message) return commandMessage(id, message)
  if (code === opcode.query) return query(id, message)
  throw new Error(`opcode ${code} is not supported`)
}

function query(id: number, message: Buffer): Request {
  const nameEnd = message.indexOf(0, 20)
  const database = message.toString('utf8', 20, nameEnd).replace(/\..*/, '')
  const [raw] = documentAt(message, nameEnd + 9)
  return { id, isQuery: true, wantsReply: true, database, raw }
}

function commandMessage(id: number, message: Buffer): Request {
  const flags = message.readUInt32LE(16)
  const [hasChecksum, moreToCome] = [(flags & 1) !== 0, (flags & 2) !== 0]
  const sections = [...readSections(message.subarray(20, hasChecksum ? -4 : undefined))]
  const body = sections.flatMap((section) => (section.name === undefined ? elements(section.bytes) : []))
  const sequences = sections.flatMap(({ name, bytes }) => (name === undefined ? [] : [{ name, type: 4, bytes }]))
  const raw = documentOf([...body, ...sequences])
  const name = field(raw, '$db')
  return {
    id,
    isQuery: false,
    wantsReply: !moreToCome,
    database: name?.bytes.toString('utf8', 4, name.bytes.length - 1) ?? '',
    raw,
  }
}

interface Section {
  /** Of a document sequence. */
  readonly name: string | undefined
  readonly bytes: Buffer
}

function* readSections(bytes: Buffer): Generator<Section> {
  for (let at = 0; at < bytes.length; ) {
    const isSequence = bytes[at] === 1
    const end = at + 1 + bytes.readInt32LE(at + 1)
    if (isSequence) yield sequence(bytes.subarray(at + 5, end))
    else yield { name: undefined, bytes: bytes.subarray(at + 1, end) }
    at = end
  }
}

function sequence(bytes: Buffer): Section {
  const documents: Buffer[] = []
  const nameEnd = bytes.indexOf(0)
  for (let at = nameEnd + 1; at < bytes.length; ) {
    const [document, end] = documentAt(bytes, at)
    documents.push(document)
    at = end
  }
  return { name: bytes.toString('utf8', 0, nameEnd), bytes: arrayOf(documents) }
}

function documentAt(bytes: Buffer, at: number): [document: Buffer, end: number] {
  const end = at + bytes.readInt32LE(at)
  return [bytes.subarray(at, end), end]
}
