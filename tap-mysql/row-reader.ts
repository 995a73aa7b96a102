import { SourceError } from '../singer/index.js'
import { Blocks } from './blocks.js'
import { type Definition, readDefinition } from './definitions.js'
import { Packets } from './packets.js'
import type { RowBlock, RowQuery } from './rows.js'
import { type Command, type Packet, queryPacket, type Wire } from './wire.js'

/**
 * Reads the rows of one query while somebody waits for a block; meanwhile the socket is paused. Rows do not pass through
 * mysql2, the packets before and after them do.
 */
export class RowReader implements Command {
  readonly #wire: Wire
  readonly #parser: Wire['packetParser']
  readonly #query: RowQuery
  readonly #packets = new Packets()
  readonly #blocks: Blocks
  /** The present packet did not fit into the last block. */
  #isHeld: boolean = false
  #expected: 'header' | 'columns' | 'end of columns' | 'rows' | 'nothing' = 'header'
  #columnCount = 0
  #columnsRead = 0
  #failure: Error | undefined
  #waiting: Waiting | undefined

  constructor(wire: Wire, query: RowQuery) {
    this.#wire = wire
    this.#parser = wire.packetParser
    this.#query = query
    this.#blocks = new Blocks(query)
    wire.addCommand(this)
  }

  /** The next block; undefined after the last one. */
  next(): Promise<RowBlock | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure)
      else if (this.#expected === 'nothing') resolve(undefined)
      else {
        this.#waiting = { resolve, reject }
        this.#read()
        if (this.#waiting) this.#wire.stream.resume()
      }
    })
  }

  /** Called by mysql2: to send the query, then for each packet that is no row. */
  execute(packet: Packet | undefined, wire: Wire): boolean {
    if (packet === undefined) {
      wire.packetParser = { execute: (chunk) => this.#receive(chunk) }
      wire._resetSequenceId()
      wire.writePacket(queryPacket(this.#query.sql, wire))
      return false
    }
    if (packet.isError()) this.onResult(packet.asError('utf8'))
    else if (this.#expected === 'rows') this.#end()
    else this.#readColumns(packet)
    if (this.#expected !== 'nothing') return false
    wire.packetParser = this.#parser
    return true
  }

  /** Also called by mysql2 when the connection is lost. */
  onResult(failure: Error): void {
    this.#expected = 'nothing'
    this.#failure ??= failure
    this.#waiting?.reject(this.#failure)
    this.#waiting = undefined
  }

  #receive(chunk: Buffer): void {
    this.#packets.push(chunk)
    this.#read()
  }

  #read(): void {
    try {
      while (this.#waiting && (this.#isHeld || this.#packets.advance())) this.#isHeld = !this.#take()
    } catch (failure) {
      this.onResult(failure instanceof Error ? failure : new Error(String(failure)))
      this.#wire.stream.destroy()
    }
  }

  /** False: the packet is to be taken again for the next block. */
  #take(): boolean {
    const packets = this.#packets
    const isRow = this.#blocks.isWithinRow || (this.#expected === 'rows' && !isEnd(packets))
    if (!isRow) {
      this.#wire.sequenceId = packets.bytes[packets.start - 1] ?? 0
      this.#parser.execute(packets.bytes.subarray(packets.start - 4, packets.end))
      return true
    }
    const fits = this.#blocks.add(packets)
    if (!fits) {
      this.#wire.stream.pause()
      this.#deliver()
    }
    return fits
  }

  /** A column count, the definitions of the columns, an EOF packet. */
  #readColumns(packet: Packet): void {
    if (this.#expected === 'header') {
      const first = packet.buffer[packet.offset]
      if (first === ok || first === localInfile) {
        throw new SourceError(`read ${this.#query.stream}: the statement returned no rows`)
      }
      this.#columnCount = packet.readLengthCodedNumber()
      this.#expected = 'columns'
    } else if (this.#expected === 'columns') {
      assertAsBefore(this.#query, this.#columnsRead, readDefinition(packet.buffer, packet.offset, packet.end))
      this.#columnsRead += 1
      if (this.#columnsRead === this.#columnCount) this.#expected = 'end of columns'
    } else this.#expected = 'rows'
  }

  #end(): void {
    this.#expected = 'nothing'
    if (this.#blocks.isEmpty) this.#waiting?.resolve(undefined)
    else this.#deliver()
    this.#waiting = undefined
  }

  #deliver(): void {
    const block = this.#blocks.take()
    this.#waiting?.resolve(block)
    this.#waiting = undefined
  }
}

interface Waiting {
  resolve(block: RowBlock | undefined): void
  reject(failure: Error): void
}

const ok = 0x00
const localInfile = 0xfb
const endOfFile = 0xfe
const failed = 0xff

/** The encoders and the SCHEMA were chosen at the start of the run. */
function assertAsBefore({ stream, columns }: RowQuery, index: number, definition: Definition): void {
  const column = columns[index]
  if (!column || column.isAsBefore(definition)) return
  const was = `column ${JSON.stringify(column.name)} was ${column.columnType} at the start of the run`
  throw new SourceError(
    `read ${stream}: ${was} and has been altered since; run again, with a new catalog if you keep one`,
  )
}

/** An EOF or ERR packet. A row may begin with 0xFE, too, but is long then. */
function isEnd({ bytes, start, end }: Packets): boolean {
  const first = bytes[start]
  return first === failed || (first === endOfFile && end - start < 9)
}
