import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import { TargetError } from '../../singer/errors.js'
import type { Log } from '../../singer/log.js'
import { checksum } from '../../target-s3-csv/checksums.js'
import type { ObjectNames } from '../../target-s3-csv/names.js'
import { usualPatience } from '../../target-s3-csv/s3-silence.js'
import type { Store } from '../../target-s3-csv/store.js'
import { createS3Store, type S3StoreOptions } from '../../target-s3-csv/store-s3.js'
import { type FaultRule, type FaultServer, type Operation, startFaultServer } from '../support/s3-faults.js'

const partBytes = 64 << 10
const content = Buffer.from(Array.from({ length: 16_000 }, (_, n) => `${n},row\n`).join(''))
const parts = Math.ceil(content.length / partBytes)

function names(): ObjectNames {
  let n = 0
  return { next: () => (++n === 1 ? 'a.csv' : `a-${n}.csv`) }
}

interface Scene {
  readonly server: FaultServer
  readonly store: Store
  readonly logged: string[]
}

type Rest = Partial<Omit<S3StoreOptions, 'objects' | 'access'>> & {
  objects?: Partial<S3StoreOptions['objects']>
  access?: Partial<S3StoreOptions['access']>
}

async function withScene(rules: readonly FaultRule[], rest: Rest, work: (scene: Scene) => Promise<void>) {
  const server = await startFaultServer(rules)
  const logged: string[] = []
  const note = (message: string, fields?: object) =>
    void logged.push(fields ? `${message} ${JSON.stringify(fields)}` : message)
  const log: Log = { debug: note, info: note, warning: note, critical: note, redact() {} }
  const store = await createS3Store(optionsFor(server, rest), log)
  try {
    await work({ server, store, logged })
  } finally {
    store.close()
    await server.close()
  }
}

function optionsFor(server: FaultServer, rest: Rest): S3StoreOptions {
  const { access, ...others } = rest
  return {
    access: {
      region: 'us-east-1',
      endpoint: server.endpoint,
      forcePathStyle: true,
      keys: { id: 'id', secret: 'secret', sessionToken: undefined },
      profile: undefined,
      role: undefined,
      connections: 12,
      patience: usualPatience,
      ...access,
    },
    partBytes,
    partsInFlight: 3,
    ifNoneMatch: 'auto',
    isRerun: false,
    ...others,
    objects: {
      bucket: 'bucket',
      checksum: undefined,
      encryption: undefined,
      acl: undefined,
      storageClass: undefined,
      tags: {},
      requesterPays: false,
      contentEncoding: undefined,
      ...rest.objects,
    },
  }
}

/** One object of so many bytes; what fails is aborted, as the target does it. */
async function write(store: Store, bytes: Buffer = content, step = 10_000): Promise<string> {
  const upload = await store.open(names(), 'text/csv')
  try {
    for (let from = 0; from < bytes.length; from += step) await upload.append(bytes.subarray(from, from + step))
    return await upload.finish()
  } catch (problem) {
    await upload.abort()
    throw problem
  }
}

async function problemOf(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => expect.fail('it worked'),
    (problem) => problem,
  )
}

const small = Buffer.from('id\n1\n')
const whole = { put: small, parts: content }

describe('the store of S3', () => {
  it('puts what fits into one part at once', () =>
    withScene([], {}, async ({ server, store }) => {
      expect(await write(store, small)).to.equal('s3://bucket/a.csv')
      expect(server.objects.get('a.csv')?.body.equals(small)).to.equal(true)
      expect(server.requests.map(({ operation }) => operation)).to.deep.equal(['PutObject'])
      expect(server.requests[0]?.headers).to.include({ 'content-type': 'text/csv', 'if-none-match': '*' })
    }))

  for (const step of [1, 1000, partBytes, content.length]) {
    it(`uploads the rest in equal parts, whatever it gets at a time: ${step} bytes`, () =>
      withScene([], {}, async ({ server, store }) => {
        const bytes = step === 1 ? content.subarray(0, partBytes + 10) : content
        await write(store, bytes, step)
        expect(server.objects.get('a.csv')?.body.equals(bytes)).to.equal(true)
        const sizes = server.requests.filter(({ operation }) => operation === 'UploadPart').map((part) => part.bytes)
        const full = Math.floor(bytes.length / partBytes)
        const expected = [...Array(full).fill(partBytes), bytes.length - full * partBytes]
        expect(sizes.sort((a, b) => b - a)).to.deep.equal(expected)
        expect(server.openUploads).to.equal(0)
      }))
  }

  it('makes one part of what fills it exactly', () =>
    withScene([], {}, async ({ server, store }) => {
      await write(store, content.subarray(0, partBytes))
      expect(server.objects.get('a.csv')?.body.length).to.equal(partBytes)
      expect(server.count('UploadPart')).to.equal(1)
    }))

  it('reuses its buffers without mixing objects', () =>
    withScene([], {}, async ({ server, store }) => {
      const made = await Promise.all(
        [7, 11, 13, 17].map(async (n) => {
          const bytes = Buffer.alloc(partBytes * 3 + n * 1000, n)
          const upload = await store.open({ next: () => `${n}.csv` }, 'text/csv')
          for (let from = 0; from < bytes.length; from += n * 997)
            await upload.append(bytes.subarray(from, from + n * 997))
          await upload.finish()
          return { name: `${n}.csv`, bytes }
        }),
      )
      for (const { name, bytes } of made) expect(server.objects.get(name)?.body.equals(bytes), name).to.equal(true)
    }))

  it('sends at most so many parts at a time', async () => {
    const slow: FaultRule = { operation: 'UploadPart', fault: { delayMs: 30 } }
    await withScene([slow], { partsInFlight: 2 }, async ({ server, store }) => {
      await Promise.all([write(store), write(store), write(store)])
      expect(server.mostPartsAtOnce).to.equal(2)
    })
  })

  const attributes: [title: string, rest: Rest, headers: Record<string, string>][] = [
    ['SSE-S3', { objects: { encryption: { algorithm: 'AES256' } } }, { 'x-amz-server-side-encryption': 'AES256' }],
    [
      'SSE-KMS with a bucket key',
      { objects: { encryption: { algorithm: 'aws:kms', keyId: 'k1', bucketKey: true } } },
      {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'k1',
        'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      },
    ],
    ['an ACL', { objects: { acl: 'bucket-owner-full-control' } }, { 'x-amz-acl': 'bucket-owner-full-control' }],
    ['a storage class', { objects: { storageClass: 'STANDARD_IA' } }, { 'x-amz-storage-class': 'STANDARD_IA' }],
    ['tags', { objects: { tags: { team: 'b i', 'a&b': '=' } } }, { 'x-amz-tagging': 'team=b+i&a%26b=%3D' }],
    ['a content encoding', { objects: { contentEncoding: 'gzip' } }, { 'content-encoding': 'gzip' }],
    ['requester pays', { objects: { requesterPays: true } }, { 'x-amz-request-payer': 'requester' }],
  ]
  for (const [title, rest, headers] of attributes) {
    it(`gives objects ${title}, small and large`, () =>
      withScene([], rest, async ({ server, store }) => {
        await write(store, small)
        await write(store)
        const first = server.requests.filter(({ operation }) =>
          ['PutObject', 'CreateMultipartUpload'].includes(operation),
        )
        expect(first).to.have.length(2)
        for (const request of first) expect(request.headers).to.include(headers)
      }))
  }

  it('sends no checksum, ACL, tag or encryption that nobody asked for', () =>
    withScene([], {}, async ({ server, store }) => {
      await write(store, small)
      await write(store)
      const sent = server.requests.flatMap(({ headers }) => Object.keys(headers))
      expect(
        sent.filter((name) => /checksum|acl|tagging|encryption|storage-class|trailer|payer/.test(name)),
      ).to.deep.equal([])
    }))

  for (const name of ['CRC32', 'SHA1', 'SHA256'] as const) {
    it(`names ${name} when it begins and gives it with each body`, () =>
      withScene([], { objects: { checksum: checksum(name) } }, async ({ server, store }) => {
        await write(store, small)
        await write(store)
        const header = `x-amz-checksum-${name.toLowerCase()}`
        const of = (operation: string) => server.requests.filter((request) => request.operation === operation)
        expect(of('PutObject')[0]?.headers[header]).to.equal(checksum(name).of(small))
        expect(of('CreateMultipartUpload')[0]?.headers['x-amz-checksum-algorithm']).to.equal(name)
        expect(of('UploadPart')).to.have.length(parts)
        for (const { headers } of of('UploadPart')) expect(headers[header]).to.be.a('string')
      }))
  }
})

describe('the store of S3, when things go wrong', () => {
  const once = { times: 1 }
  // What passes: the object is there once, complete, and nothing else.
  const passing: [title: string, rules: FaultRule[], of: 'put' | 'parts'][] = [
    [
      '500 on a part',
      [{ operation: 'UploadPart', part: 2, ...once, fault: { status: 500, code: 'InternalError' } }],
      'parts',
    ],
    [
      'SlowDown on each first part',
      [{ operation: 'UploadPart', part: 1, times: 2, fault: { status: 503, code: 'SlowDown' } }],
      'parts',
    ],
    ['500 on put', [{ operation: 'PutObject', ...once, fault: { status: 500, code: 'InternalError' } }], 'put'],
    [
      '500 on create',
      [{ operation: 'CreateMultipartUpload', ...once, fault: { status: 500, code: 'InternalError' } }],
      'parts',
    ],
    ['a slow answer', [{ operation: 'UploadPart', part: 1, fault: { delayMs: 300 } }], 'parts'],
    ['a reset in the middle of a part', [{ operation: 'UploadPart', part: 2, ...once, fault: 'reset' }], 'parts'],
    ['a reset in the middle of put', [{ operation: 'PutObject', ...once, fault: 'reset' }], 'put'],
    ['a lost reply to a part', [{ operation: 'UploadPart', part: 2, ...once, fault: 'lost reply' }], 'parts'],
    ['a lost reply to put', [{ operation: 'PutObject', ...once, fault: 'lost reply' }], 'put'],
    ['a lost reply to complete', [{ operation: 'CompleteMultipartUpload', ...once, fault: 'lost reply' }], 'parts'],
    ['a truncated reply to put', [{ operation: 'PutObject', ...once, fault: 'truncated reply' }], 'put'],
    [
      'a truncated reply to complete',
      [{ operation: 'CompleteMultipartUpload', ...once, fault: 'truncated reply' }],
      'parts',
    ],
    [
      'a truncated reply to create',
      [{ operation: 'CreateMultipartUpload', ...once, fault: 'truncated reply' }],
      'parts',
    ],
    [
      '200 with an error on complete',
      [{ operation: 'CompleteMultipartUpload', ...once, fault: 'error in 200' }],
      'parts',
    ],
    [
      '409 on put',
      [{ operation: 'PutObject', times: 2, fault: { status: 409, code: 'ConditionalRequestConflict' } }],
      'put',
    ],
    [
      '409 on complete',
      [{ operation: 'CompleteMultipartUpload', times: 2, fault: { status: 409, code: 'ConditionalRequestConflict' } }],
      'parts',
    ],
    [
      '501 for If-None-Match on put',
      [{ operation: 'PutObject', ...once, fault: { status: 501, code: 'NotImplemented' } }],
      'put',
    ],
    [
      '501 for If-None-Match on complete',
      [{ operation: 'CompleteMultipartUpload', ...once, fault: { status: 501, code: 'NotImplemented' } }],
      'parts',
    ],
    ['403 for a look at the name', [{ operation: 'HeadObject', fault: { status: 403, code: 'Forbidden' } }], 'parts'],
  ]
  for (const [title, rules, of] of passing) {
    it(`passes ${title}`, () =>
      withScene(rules, {}, async ({ server, store }) => {
        expect(await write(store, whole[of])).to.equal('s3://bucket/a.csv')
        expect([...server.objects.keys()]).to.deep.equal(['a.csv'])
        expect(server.objects.get('a.csv')?.body.equals(whole[of])).to.equal(true)
        expect(server.openUploads, 'open uploads').to.equal(title.endsWith('reply to create') ? 1 : 0)
      })).timeout(20_000)
  }

  const failing: [title: string, rules: FaultRule[], of: 'put' | 'parts', message: RegExp][] = [
    [
      '403 on a part',
      [{ operation: 'UploadPart', part: 2, fault: { status: 403, code: 'AccessDenied' } }],
      'parts',
      /upload part 2 of s3:\/\/bucket\/a\.csv: not allowed.*AccessDenied/,
    ],
    [
      '403 on put',
      [{ operation: 'PutObject', fault: { status: 403, code: 'AccessDenied' } }],
      'put',
      /put s3:\/\/bucket\/a\.csv: not allowed/,
    ],
    [
      'a token that expires',
      [{ operation: 'UploadPart', after: 2, fault: { status: 400, code: 'ExpiredToken' } }],
      'parts',
      /the session token has expired/,
    ],
    [
      'an unknown upload',
      [{ operation: 'UploadPart', part: 3, fault: { status: 404, code: 'NoSuchUpload' } }],
      'parts',
      /somebody else ended the upload/,
    ],
    [
      'a missing bucket',
      [{ operation: 'PutObject', fault: { status: 404, code: 'NoSuchBucket' } }],
      'put',
      /the bucket does not exist/,
    ],
    [
      '403 on complete',
      [{ operation: 'CompleteMultipartUpload', fault: { status: 403, code: 'AccessDenied' } }],
      'parts',
      /complete s3:\/\/bucket\/a\.csv: not allowed/,
    ],
    [
      '412 on complete',
      [{ operation: 'CompleteMultipartUpload', fault: { status: 412, code: 'PreconditionFailed' } }],
      'parts',
      /another run has written an object of that name/,
    ],
    [
      '500 without end',
      [{ operation: 'UploadPart', part: 2, fault: { status: 500, code: 'InternalError' } }],
      'parts',
      /the service failed/,
    ],
    [
      '200 with an error without end',
      [{ operation: 'CompleteMultipartUpload', fault: 'error in 200' }],
      'parts',
      /complete .*the service failed/,
    ],
    ['200 with a page on put', [{ operation: 'PutObject', fault: 'page in 200' }], 'put', /put .*no ETag/],
    [
      '409 without end',
      [{ operation: 'CompleteMultipartUpload', fault: { status: 409, code: 'ConditionalRequestConflict' } }],
      'parts',
      /ConditionalRequestConflict/,
    ],
  ]
  for (const [title, rules, of, message] of failing) {
    it(`fails at ${title}, and leaves nothing`, () =>
      withScene(rules, {}, async ({ server, store }) => {
        const problem = await problemOf(write(store, whole[of]))
        expect(problem).to.be.instanceOf(TargetError)
        expect(problem.message).to.match(message)
        expect(problem.message).to.not.include('secret')
        expect(server.openUploads).to.equal(0)
        expect(server.objects.size).to.equal(0)
      })).timeout(60_000)
  }
})

describe('an S3 that does not answer', () => {
  const patient = { access: { patience: { silenceMs: 300, attempts: 3 } } }
  const warnings = (logged: readonly string[]) => logged.filter((line) => line.startsWith('no answer from the service'))

  it('is warned of from the first attempt on, and given up after some', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
    const sockets: Socket[] = []
    server.on('connection', (socket) => sockets.push(socket))
    try {
      await withScene([], { access: { ...patient.access, endpoint } }, async ({ store, logged }) => {
        const began = performance.now()
        const problem = await problemOf(write(store, small))
        expect(performance.now() - began).to.be.within(900, 10_000)
        expect(problem.message).to.match(/^put s3:\/\/bucket\/a\.csv: no answer in time: check aws_endpoint_url /)
        expect(problem.message).to.include(`no answer from ${endpoint}, 3 times`)
        expect(warnings(logged)).to.deep.equal([
          `no answer from the service, trying again {"endpoint":"${endpoint}","seconds":0,"attempt":2,"of":3}`,
          `no answer from the service, trying again {"endpoint":"${endpoint}","seconds":0,"attempt":3,"of":3}`,
        ])
      })
    } finally {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })

  const operations: [operation: Operation, of: 'put' | 'parts'][] = [
    ['PutObject', 'put'],
    ['CreateMultipartUpload', 'parts'],
    ['UploadPart', 'parts'],
    ['CompleteMultipartUpload', 'parts'],
  ]
  for (const [operation, of] of operations) {
    it(`for a while: ${operation} is repeated`, () =>
      withScene([{ operation, times: 2, fault: 'silence' }], patient, async ({ server, store, logged }) => {
        await write(store, whole[of])
        expect(server.objects.get('a.csv')?.body.equals(whole[of])).to.equal(true)
        expect(warnings(logged)).to.have.length(2)
      }))
  }

  it('at all any more: the upload that could not be aborted is named', () => {
    const silent: FaultRule[] = (['UploadPart', 'AbortMultipartUpload'] as const).map((operation) => ({
      operation,
      after: operation === 'UploadPart' ? 2 : 0,
      fault: 'silence',
    }))
    return withScene(silent, patient, async ({ server, store, logged }) => {
      const began = performance.now()
      expect((await problemOf(write(store))).message).to.match(/^upload part \d of s3:.*: no answer in time/)
      expect(performance.now() - began).to.be.lessThan(10_000)
      expect(server.count('AbortMultipartUpload')).to.equal(3)
      expect(logged.at(-1)).to.match(/^a multipart upload could not be aborted/)
    })
  })
})

describe('names that are taken in S3', () => {
  for (const of of ['put', 'parts'] as const) {
    for (const ifNoneMatch of ['auto', 'off'] as const) {
      it(`${of}, if_none_match ${ifNoneMatch}: the next one is used, nothing is replaced`, () =>
        withScene([], { ifNoneMatch }, async ({ server, store }) => {
          expect(await write(store, whole[of])).to.equal('s3://bucket/a.csv')
          expect(await write(store, whole[of])).to.equal('s3://bucket/a-2.csv')
          expect(await write(store, whole[of])).to.equal('s3://bucket/a-3.csv')
          expect([...server.objects.keys()]).to.deep.equal(['a.csv', 'a-2.csv', 'a-3.csv'])
        }))
    }
  }

  it('a run that is repeated under its id finds what it wrote before', () =>
    withScene([], { isRerun: true }, async ({ server, store }) => {
      await write(store, small)
      expect(await write(store, small)).to.equal('s3://bucket/a.csv')
      expect(await write(store, Buffer.from('id\n2\n'))).to.equal('s3://bucket/a-2.csv')
      expect([...server.objects.keys()]).to.deep.equal(['a.csv', 'a-2.csv'])
    }))

  it('of several uploads that begin at the same time each gets its own', () =>
    withScene([], {}, async ({ server, store }) => {
      const written = await Promise.all([1, 2, 3, 4, 5].map(() => write(store)))
      expect(new Set(written).size).to.equal(5)
      expect(server.objects.size).to.equal(5)
      expect(server.openUploads).to.equal(0)
    }))

  it('an upload that a killed run left behind a day ago keeps no name from others', () =>
    withScene([], {}, async ({ server, store }) => {
      server.leaveUpload('a.csv', new Date(Date.now() - 25 * 3_600_000))
      expect(await write(store)).to.equal('s3://bucket/a.csv')
      server.leaveUpload('a-2.csv', new Date())
      expect(await write(store)).to.equal('s3://bucket/a-3.csv')
    }))

  for (const code of ['AccessDenied', 'NotImplemented', 'InternalError']) {
    it(`are chosen without a list of uploads where there is none: ${code}`, () => {
      const rule: FaultRule = {
        operation: 'ListMultipartUploads',
        fault: { status: code === 'AccessDenied' ? 403 : 501, code },
      }
      return withScene([rule], {}, async ({ store }) => {
        expect(await write(store)).to.equal('s3://bucket/a.csv')
      })
    })
  }

  it('an upload whose name was taken meanwhile fails, and replaces nothing', () =>
    withScene([], {}, async ({ server, store }) => {
      const upload = await store.open(names(), 'text/csv')
      await upload.append(content)
      await write(store, small)
      const problem = await problemOf(upload.finish())
      await upload.abort()
      expect(problem.message).to.match(/another run has written an object of that name meanwhile/)
      expect(server.objects.get('a.csv')?.body.equals(small)).to.equal(true)
      expect(server.openUploads).to.equal(0)
    }))

  it('says once that a service has no conditions, and looks names up from then on', () => {
    const lacks: FaultRule = { operation: 'PutObject', times: 1, fault: { status: 501, code: 'NotImplemented' } }
    return withScene([lacks], {}, async ({ server, store, logged }) => {
      await write(store, small)
      expect(await write(store, small)).to.equal('s3://bucket/a-2.csv')
      expect(logged.filter((line) => line.includes('If-None-Match'))).to.have.length(1)
      expect(server.requests.filter(({ headers }) => headers['if-none-match'] === '*')).to.have.length(1)
    })
  })

  it('if_none_match on: a service without conditions is refused', () => {
    const lacks: FaultRule = { operation: 'PutObject', fault: { status: 501, code: 'NotImplemented' } }
    return withScene([lacks], { ifNoneMatch: 'on' }, async ({ store }) => {
      expect((await problemOf(write(store, small))).message).to.match(/set if_none_match to off/)
    })
  }).timeout(60_000)
})

describe('an abort in S3', () => {
  it('stops parts that are under way and leaves nothing', () => {
    const slow: FaultRule = { operation: 'UploadPart', fault: { delayMs: 400 } }
    return withScene([slow], {}, async ({ server, store }) => {
      const upload = await store.open(names(), 'text/csv')
      const writing = problemOf(
        (async () => {
          await upload.append(content)
          await upload.finish()
        })(),
      )
      while (server.count('UploadPart') === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      await Promise.all([upload.abort(), upload.abort()])
      expect(await writing).to.be.instanceOf(TargetError)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(server.openUploads).to.equal(0)
      expect(server.objects.size).to.equal(0)
    })
  })

  it('waits for an upload that is just beginning', () => {
    const slow: FaultRule = { operation: 'CreateMultipartUpload', fault: { delayMs: 200 } }
    return withScene([slow], {}, async ({ server, store }) => {
      const upload = await store.open(names(), 'text/csv')
      const writing = problemOf(upload.append(content))
      while (server.count('CreateMultipartUpload') === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      await upload.abort()
      await writing
      expect(server.count('AbortMultipartUpload')).to.equal(1)
      expect(server.openUploads).to.equal(0)
    })
  })

  it('says which upload it could not remove', () => {
    const rules: FaultRule[] = [{ operation: 'AbortMultipartUpload', fault: { status: 403, code: 'AccessDenied' } }]
    return withScene(rules, {}, async ({ store, logged }) => {
      const upload = await store.open(names(), 'text/csv')
      await upload.append(content)
      await upload.abort()
      expect(logged.join()).to.match(/could not be aborted/)
    })
  })

  it('sends nothing when nothing was begun, or all is done', () =>
    withScene([], {}, async ({ server, store }) => {
      await (await store.open(names(), 'text/csv')).abort()
      const upload = await store.open(names(), 'text/csv')
      await upload.append(content)
      await upload.finish()
      await upload.abort()
      expect(server.count('AbortMultipartUpload')).to.equal(0)
      expect([...server.objects.keys()]).to.deep.equal(['a.csv'])
    }))
})
