import type { ServerResponse } from 'node:http'
import * as zlib from 'node:zlib'
import { expect } from 'chai'
import { get, type Respond, send, serve, type TestServer } from './sending.js'

const text = JSON.stringify(Array.from({ length: 2_000 }, (_, id) => ({ id, name: `käse ${id}` })))
const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (text: string) => Buffer }

describe('tap-rest bodies', () => {
  let server: TestServer
  let respond: Respond
  before(async () => {
    server = await serve((...request) => respond(...request))
  })
  after(() => server.close())

  const encodings: Readonly<Record<string, () => Buffer>> = {
    identity: () => Buffer.from(text),
    gzip: () => zlib.gzipSync(text),
    'x-gzip': () => zlib.gzipSync(text),
    GZIP: () => zlib.gzipSync(text),
    br: () => zlib.brotliCompressSync(text),
    deflate: () => zlib.deflateSync(text),
    'deflate, gzip': () => zlib.gzipSync(zlib.deflateSync(text)),
    ...(zstdCompressSync && { zstd: () => zstdCompressSync(text) }),
  }
  for (const [encoding, compress] of Object.entries(encodings)) {
    it(`${encoding} is decompressed`, async () => {
      respond = (_, response) => response.setHeader('content-encoding', encoding).end(compress())
      expect(await bodyText()).to.equal(text)
    })
  }

  it('raw deflate without its header is decompressed, too', async () => {
    respond = (_, response) => response.setHeader('content-encoding', 'deflate').end(zlib.deflateRawSync(text))
    expect(await bodyText()).to.equal(text)
  })

  it('several gzip members are one body', async () => {
    const members = Buffer.concat([zlib.gzipSync(text), zlib.gzipSync(text)])
    respond = (_, response) => response.setHeader('content-encoding', 'gzip').end(members)
    expect(await bodyText()).to.equal(text + text)
  })

  it('says which encodings it takes', async () => {
    respond = ({ headers }, response) => response.end(JSON.stringify(headers['accept-encoding']))
    expect(JSON.parse((await bodyText()) ?? '')).to.match(/^(zstd, )?br, gzip, deflate$/)
  })

  const files: readonly (readonly [title: string, path: string, type: string, decompressed: boolean])[] = [
    ['a file .gz', '/a.json.gz', 'application/octet-stream', true],
    ['application/gzip', '/a', 'application/gzip', true],
    ['application/x-gzip; charset=binary', '/a', 'application/x-gzip; charset=binary', true],
    ['gzip bytes that nobody announced', '/a', 'application/octet-stream', false],
  ]
  for (const [title, path, type, decompressed] of files) {
    it(`${title} without content-encoding is ${decompressed ? '' : 'not '}decompressed`, async () => {
      respond = (_, response) => response.setHeader('content-type', type).end(zlib.gzipSync(text))
      const { answer } = await send(get(server.url + path))
      expect(answer?.response.body.equals(decompressed ? Buffer.from(text) : zlib.gzipSync(text))).to.equal(true)
    })
  }

  it('a file .gz that holds plain text stays as it is', async () => {
    respond = (_, response) => response.end(text)
    const { answer } = await send(get(`${server.url}/a.gz`))
    expect(answer?.response.body.toString()).to.equal(text)
  })

  it('a file .gz that is compressed for the way, too, is decompressed twice', async () => {
    respond = (_, response) =>
      response.setHeader('content-encoding', 'br').end(zlib.brotliCompressSync(zlib.gzipSync(text)))
    const { answer } = await send(get(`${server.url}/a.gz`))
    expect(answer?.response.body.toString()).to.equal(text)
  })

  it('no body is no compressed body', async () => {
    respond = (_, response) => response.writeHead(204, { 'content-encoding': 'gzip' }).end()
    expect(await bodyText()).to.equal('')
  })

  it('an encoding that nobody asked for ends the stream and is named', async () => {
    respond = (_, response) => response.setHeader('content-encoding', 'compress').end(text)
    const before = server.requests.length
    const { failure } = await send(get(server.url))
    expect(failure?.message).to.include('the answer is encoded as compress')
    expect(server.requests.length - before).to.equal(1)
  })

  const zeros = Buffer.alloc(16 << 20)
  const tooLong: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
    'with content-length': (response) => response.end(zeros),
    'in chunks without end': (response) => {
      let isOver = false
      response.once('close', () => {
        isOver = true
      })
      // Not from the callback itself: on Node 26 a closed response calls it at once, for ever.
      const write = (): unknown => isOver || response.write(zeros.subarray(0, 1 << 16), () => setImmediate(write))
      write()
    },
    'as a gzip bomb': (response) => response.setHeader('content-encoding', 'gzip').end(zlib.gzipSync(zeros)),
    'as a brotli bomb': (response) =>
      response
        .setHeader('content-encoding', 'br')
        .end(zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } })),
    'as a bomb in a bomb': (response) =>
      response.setHeader('content-encoding', 'gzip, gzip').end(zlib.gzipSync(zlib.gzipSync(zeros))),
  }
  for (const [title, answer] of Object.entries(tooLong)) {
    it(`a body longer than max_response_bytes (${title}) ends the stream at once, without another attempt`, async () => {
      respond = (_, response) => answer(response)
      const before = server.requests.length
      const memory = process.memoryUsage().arrayBuffers
      const { failure } = await send(get(server.url))
      expect(failure?.message).to.match(/^issues: GET .*longer than 1048576 bytes.*raise max_response_bytes$/)
      expect(server.requests.length - before).to.equal(1)
      expect(process.memoryUsage().arrayBuffers - memory).to.be.below(24 << 20)
    })
  }

  it('a body as long as max_response_bytes is taken', async () => {
    const body = Buffer.alloc(1 << 20, 'x')
    respond = ({ url }, response) =>
      url === '/gzip' ? response.setHeader('content-encoding', 'gzip').end(zlib.gzipSync(body)) : response.end(body)
    expect((await send(get(`${server.url}/plain`))).answer?.response.body.length).to.equal(1 << 20)
    expect((await send(get(`${server.url}/gzip`))).answer?.response.body.length).to.equal(1 << 20)
  })

  const breaks: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
    'reset after some bytes': (response) => {
      response.write(text.slice(0, 5_000), () => response.socket?.resetAndDestroy())
    },
    'ended before the last chunk': (response) => {
      response.write(text.slice(0, 5_000), () => response.socket?.end())
    },
    'ended before its content-length': (response) => {
      response.setHeader('content-length', text.length).write(text.slice(0, 5_000), () => response.socket?.end())
    },
    'ended in the midst of gzip': (response) => {
      response.setHeader('content-encoding', 'gzip').end(zlib.gzipSync(text).subarray(0, 500))
    },
    'ended in the midst of brotli': (response) => {
      response.setHeader('content-encoding', 'br').end(zlib.brotliCompressSync(text).subarray(0, 100))
    },
    'ended in the midst of deflate': (response) => {
      response.setHeader('content-encoding', 'deflate').end(zlib.deflateSync(text).subarray(0, 500))
    },
    'ended in the midst of a file .gz': (response) => {
      response.setHeader('content-type', 'application/gzip').end(zlib.gzipSync(text).subarray(0, 500))
    },
    'damaged gzip': (response) => {
      response.setHeader('content-encoding', 'gzip').end(zlib.gzipSync(text).fill(0xff, 300, 400))
    },
    'damaged brotli': (response) => {
      response.setHeader('content-encoding', 'br').end(zlib.brotliCompressSync(text).fill(0xff, 20, 90))
    },
  }
  for (const [title, breakOff] of Object.entries(breaks)) {
    it(`a body that is broken off (${title}) is asked for again`, async () => {
      respond = (_, response, count) => (count - before < 3 ? breakOff(response) : response.end(text))
      const before = server.requests.length
      const { answer, failure, lines } = await send(get(server.url))
      expect(failure).to.equal(undefined)
      expect(answer?.response.body.toString()).to.equal(text)
      expect(server.requests.length - before).to.equal(3)
      const warnings = lines.filter(({ level }) => level === 'warning')
      expect(warnings.map(({ message }) => message)).to.deep.equal(['trying again', 'trying again'])
      expect(JSON.stringify(warnings)).not.to.match(/error|exception/i)
    })

    it(`a body that is always broken off (${title}) ends the stream after the attempts`, async () => {
      respond = (_, response) => breakOff(response)
      const { failure } = await send(get(server.url))
      expect(failure?.message).to.match(
        /^issues: GET http:.*(broke off|damaged|reset|closed).*, the last of 3 attempts$/,
      )
    })
  }

  async function bodyText(): Promise<string | undefined> {
    const { answer, failure } = await send(get(server.url))
    expect(failure).to.equal(undefined)
    return answer?.response.body.toString()
  }
})
