import type { Connection } from 'mysql2'

/**
 * The part of a mysql2 connection below its public API. A streaming query of mysql2 never ends when the connection is
 * lost (https://github.com/sidorares/node-mysql2/issues/3082); a command with `onResult` is told.
 */
export interface Wire {
  addCommand(command: Command): void
  writePacket(packet: OutgoingPacket): void
  _resetSequenceId(): void
  /** Receives each chunk of the socket; joins long packets in memory, several times over. */
  packetParser: { execute(chunk: Buffer): void }
  /** Expected of the next packet. */
  sequenceId: number
  readonly stream: { pause(): void; resume(): void; destroy(): void }
  readonly config: { readonly clientFlags: number }
  readonly serverCapabilityFlags: number
}

export interface Command {
  /** First without a packet: send the request. True: done. A throw ends the connection and reaches `onResult`. */
  execute(packet: Packet | undefined, wire: Wire): boolean
  onResult(failure: Error): void
}

/** A payload: `buffer[offset…end)`. mysql2 uses the object again: read it at once. */
export interface Packet {
  readonly buffer: Buffer
  readonly offset: number
  readonly end: number
  isError(): boolean
  asError(encoding: string): Error
  readLengthCodedNumber(): number
}

interface OutgoingPacket {
  readonly buffer: Buffer
  length(): number
  writeHeader(sequenceId: number): void
}

export function wireOf(connection: Connection): Wire {
  return connection as unknown as Wire
}

const comQuery = 0x03
const clientQueryAttributes = 0x08000000

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html */
export function queryPacket(sql: string, wire: Wire): OutgoingPacket {
  const hasAttributes = (wire.config.clientFlags & wire.serverCapabilityFlags & clientQueryAttributes) !== 0
  const noAttributes = hasAttributes ? [0, 1] : []
  const buffer = Buffer.concat([Buffer.from([0, 0, 0, 0, comQuery, ...noAttributes]), Buffer.from(sql)])
  return {
    buffer,
    length: () => buffer.length,
    writeHeader(sequenceId) {
      buffer.writeUIntLE(buffer.length - 4, 0, 3)
      buffer[3] = sequenceId
    },
  }
}
