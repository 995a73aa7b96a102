import { createConnection, type Socket } from 'node:net'
import type { Wire } from './wire.js'

const bufferSize = 64 * 1024

/**
 * A socket that reads each chunk into the same buffer. With a buffer per chunk, those that wait for the garbage
 * collector are a third of the process.
 */
export function plainSocket(host: string, port: number): Socket {
  const buffer = Buffer.allocUnsafeSlow(bufferSize)
  const callback = (length: number): boolean => socket.emit('data', buffer.subarray(0, length))
  const socket: Socket = createConnection({ host, port, noDelay: true, keepAlive: true, onread: { buffer, callback } })
  return socket
}

/** mysql2 keeps parts of a chunk: it gets copies. */
export function keepChunksFrom(wire: Wire): void {
  const parser = wire.packetParser
  wire.packetParser = { execute: (chunk) => parser.execute(Buffer.from(chunk)) }
}

/** Of an address, mysql2 would compare the certificate with "localhost": node:tls takes the name from `_host`. */
export function tlsSocket(host: string, port: number): Socket {
  return Object.assign(createConnection({ host, port, noDelay: true, keepAlive: true }), { _host: host })
}
