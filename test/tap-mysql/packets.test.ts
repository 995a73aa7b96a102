import { expect } from 'chai'
import fc from 'fast-check'
import { Packets } from '../../tap-mysql/packets.js'

function packet(payload: Uint8Array, sequenceId: number): Buffer {
  const header = Buffer.alloc(4, sequenceId)
  header.writeUIntLE(payload.length, 0, 3)
  return Buffer.concat([header, payload])
}

function payloads(packets: Packets): Buffer[] {
  const found: Buffer[] = []
  while (packets.advance()) found.push(Buffer.from(packets.bytes.subarray(packets.start, packets.end)))
  return found
}

/** The stream cut at these places. */
function chunks(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * stream.length)), stream.length].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => stream.subarray(places[index], end))
}

const payload = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 200_000 }).map((length) => new Uint8Array(length).fill(7)) },
)

describe('packets', () => {
  it('are the same however the stream is cut', () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })
    const same = fc.property(fc.array(payload), cuts, (sent, places) => {
      const packets = new Packets()
      const stream = Buffer.concat(sent.map((bytes, index) => packet(bytes, index % 256)))
      const received = chunks(stream, places).flatMap((chunk) => {
        packets.push(chunk)
        return payloads(packets)
      })
      expect(received.map((bytes) => bytes.toString('hex'))).to.deep.equal(
        sent.map((bytes) => Buffer.from(bytes).toString('hex')),
      )
    })
    fc.assert(same)
  })

  it('arrive also byte by byte', () => {
    const packets = new Packets()
    const sent = ['', 'a', 'bcd', ''].map((text) => Buffer.from(text))
    const received = [...Buffer.concat(sent.map((bytes) => packet(bytes, 3)))].flatMap((byte) => {
      packets.push(Buffer.from([byte]))
      return payloads(packets)
    })
    expect(received).to.deep.equal(sent)
  })

  it('wait in their chunk while nobody takes them', () => {
    const packets = new Packets()
    packets.push(Buffer.concat([packet(Buffer.from('a'), 0), packet(Buffer.from('b'), 1)]))
    expect(packets.advance()).to.equal(true)
    packets.push(packet(Buffer.from('c'), 2))
    expect(payloads(packets).map(String)).to.deep.equal(['b', 'c'])
  })
})
