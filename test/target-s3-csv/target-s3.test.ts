import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { bin, type Finished, runBin, startProgram, withFolder, writeJson } from '../support/bins.js'
import { s3Server } from '../support/s3.js'
import { type FaultRule, type FaultServer, startFaultServer } from '../support/s3-faults.js'
import { ids, inTurn, records, schema, state } from './loading.js'

const text = { type: ['null', 'string'] }
/** 5 MiB is the smallest part: 12 MB of rows are two and a piece. */
const large = (() => {
  const row = 'w'.repeat(1000)
  return schema('big', { id: {}, text }) + records('big', 0, 12_000, { text: row }) + state({ n: 12_000 })
})()
const small = ids('users') + records('users', 0, 3) + state({ n: 3 })
const inputs = { large, small }

/** A run of the bin against a service that fails by rule. */
async function run(rules: readonly FaultRule[], input: string, rest: object = {}) {
  const server = await startFaultServer(rules)
  try {
    const finished = await withFolder(async (folder) => {
      const config = await writeJson(`${folder}/config.json`, { ...settingsFor(server), ...rest })
      return await runBin('target-s3-csv', ['--config', config], { input })
    })
    return { finished, server }
  } finally {
    await server.close()
  }
}

function settingsFor(server: FaultServer): object {
  return {
    s3_bucket: 'bucket',
    region: 'us-east-1',
    aws_endpoint_url: server.endpoint,
    aws_access_key_id: 'id',
    aws_secret_access_key: 'a-secret-of-nobody',
    part_bytes: 5 << 20,
    memory_bytes: 32 << 20,
  }
}

function last(finished: Finished): string {
  return finished.stderr.trimEnd().split('\n').at(-1) ?? ''
}

describe('the target and an S3 that fails', () => {
  const once = { times: 1 }
  const passing: [title: string, rules: FaultRule[], input: keyof typeof inputs][] = [
    [
      '500 and SlowDown on parts',
      [
        { operation: 'UploadPart', part: 1, ...once, fault: { status: 500, code: 'InternalError' } },
        { operation: 'UploadPart', part: 2, ...once, fault: { status: 503, code: 'SlowDown' } },
      ],
      'large',
    ],
    ['a reset in the middle of a part', [{ operation: 'UploadPart', part: 2, ...once, fault: 'reset' }], 'large'],
    ['a slow answer', [{ operation: 'UploadPart', part: 1, fault: { delayMs: 1500 } }], 'large'],
    ['a truncated reply', [{ operation: 'CompleteMultipartUpload', ...once, fault: 'truncated reply' }], 'large'],
    ['a lost reply to complete', [{ operation: 'CompleteMultipartUpload', ...once, fault: 'lost reply' }], 'large'],
    ['a lost reply to put', [{ operation: 'PutObject', ...once, fault: 'lost reply' }], 'small'],
    ['200 with an error', [{ operation: 'CompleteMultipartUpload', ...once, fault: 'error in 200' }], 'large'],
    ['409', [{ operation: 'PutObject', ...once, fault: { status: 409, code: 'ConditionalRequestConflict' } }], 'small'],
    [
      '501 for If-None-Match',
      [{ operation: 'PutObject', ...once, fault: { status: 501, code: 'NotImplemented' } }],
      'small',
    ],
  ]
  for (const [title, rules, input] of passing) {
    it(`passes ${title}: one object, the state, exit 0`, async () => {
      const { finished, server } = await run(rules, inputs[input])
      expect(finished.code, finished.stderr).to.equal(0)
      expect(finished.stderr).to.not.match(/error|exception/i)
      expect(finished.stdout.toString()).to.equal(input === 'large' ? '{"n":12000}\n' : '{"n":3}\n')
      expect(server.objects.size).to.equal(1)
      expect(server.openUploads).to.equal(0)
      const [object] = server.objects.values()
      const lines = object?.body.toString().trimEnd().split('\n') ?? []
      expect(lines.length).to.equal(input === 'large' ? 12_001 : 4)
    }).timeout(60_000)
  }

  const failing: [title: string, rules: FaultRule[], input: keyof typeof inputs, message: RegExp][] = [
    [
      '403 on part 2',
      [{ operation: 'UploadPart', part: 2, fault: { status: 403, code: 'AccessDenied' } }],
      'large',
      /upload part 2 of s3:\/\/bucket\/big-\w+\.csv: not allowed/,
    ],
    [
      'a token that expires',
      [{ operation: 'UploadPart', after: 1, fault: { status: 400, code: 'ExpiredToken' } }],
      'large',
      /the session token has expired: renew it/,
    ],
    [
      'a missing bucket',
      [{ operation: 'PutObject', fault: { status: 404, code: 'NoSuchBucket' } }],
      'small',
      /the bucket does not exist: check s3_bucket/,
    ],
    [
      '500 without end',
      [{ operation: 'PutObject', fault: { status: 500, code: 'InternalError' } }],
      'small',
      /put s3:.*the service failed/,
    ],
    [
      '412 on complete',
      [{ operation: 'CompleteMultipartUpload', fault: { status: 412, code: 'PreconditionFailed' } }],
      'large',
      /another run has written an object of that name/,
    ],
  ]
  for (const [title, rules, input, message] of failing) {
    it(`fails at ${title}: one line, nothing stranded, no state, exit 1`, async () => {
      const { finished, server } = await run(rules, inputs[input])
      expect(finished.code).to.equal(1)
      expect(finished.stdout.toString()).to.equal('')
      expect(last(finished))
        .to.match(/^CRITICAL /)
        .and.to.match(message)
      expect(finished.stderr).to.not.match(/a-secret-of-nobody|^ {4}at /m)
      expect(server.openUploads).to.equal(0)
      expect(server.objects.size).to.equal(0)
    }).timeout(60_000)
  }

  it('prints the states of what was complete before, and no other', async () => {
    const rule: FaultRule = { operation: 'PutObject', after: 2, fault: { status: 403, code: 'AccessDenied' } }
    const blocks = [0, 1, 2, 3].map((n) => records('users', n * 2, n * 2 + 2) + state({ n: n * 2 + 2 }))
    const { finished, server } = await run([rule], ids('users') + blocks.join(''), { max_object_rows: 2 })
    expect(finished.code).to.equal(1)
    expect(server.objects.size).to.equal(2)
    expect(['', '{"n":2}\n', '{"n":4}\n']).to.include(finished.stdout.toString())
  })

  it('gives objects all that the settings ask for', async () => {
    const { server } = await run([], small, {
      encryption_type: 'KMS',
      encryption_key: 'key-1',
      bucket_key: true,
      acl: 'bucket-owner-full-control',
      storage_class: 'STANDARD_IA',
      tags: { team: 'bi' },
      requester_pays: true,
      content_encoding: 'gzip',
      compression: 'gzip',
      checksum: 'crc32',
      s3_key_prefix: 'a/b/',
    })
    expect([...server.objects.keys()][0]).to.match(/^a\/b\/users-\d{8}T\d{6}\.csv\.gz$/)
    expect(server.requests[0]?.headers).to.include({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      'x-amz-acl': 'bucket-owner-full-control',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-tagging': 'team=bi',
      'x-amz-request-payer': 'requester',
      'content-encoding': 'gzip',
      'content-type': 'application/gzip',
    })
    expect(server.requests[0]?.headers['x-amz-checksum-crc32']).to.be.a('string')
    expect(gunzipSync(server.objects.values().next().value?.body ?? '').toString()).to.equal('id\n0\n1\n2\n')
  })

  it('finishes the largest objects early where memory is short', async () => {
    const streams = Array.from({ length: 60 }, (_, n) => `s${n}`)
    const { finished, server } = await run([], [...inTurn(streams, 8)].join(''), { parts_in_flight: 1 })
    expect(finished.code, finished.stderr).to.equal(0)
    expect(finished.stdout.toString().trimEnd().split('\n').at(-1)).to.equal('{"n":1}')
    expect(finished.stderr.match(/memory_bytes is reached/g)).to.have.length(1)
    const rows = [...server.objects.values()].map(({ body }) => body.toString().trimEnd().split('\n').length - 1)
    expect(rows.reduce((sum, each) => sum + each)).to.equal(60 * 800)
    expect(rows.length).to.be.within(61, 200)
    expect(finished.peakMb).to.be.below(200)
  }).timeout(60_000)

  it('writes to stderr nothing that the SDK says of itself', async () => {
    const { finished } = await run([], small)
    expect(finished.stderr).to.not.match(/warning|sdk/i)
  })

  it('makes no request for an input without records', async () => {
    const { finished, server } = await run([], ids('users') + state({ n: 1 }))
    expect(finished.stdout.toString()).to.equal('{"n":1}\n')
    expect(server.requests).to.deep.equal([])
  })
})

describe('the target, stopped in the middle', () => {
  it('SIGTERM: uploads are aborted, parts under way too; exit 143', async () => {
    const server = await startFaultServer([{ operation: 'UploadPart', part: 2, fault: { delayMs: 800 } }])
    try {
      await withFolder(async (folder) => {
        const config = await writeJson(`${folder}/config.json`, settingsFor(server))
        const running = startProgram([...bin('target-s3-csv'), '--config', config], ['pipe', 'pipe', 'pipe'])
        running.child.stdin?.on('error', () => undefined)
        running.child.stdin?.write(large)
        while (server.count('UploadPart') < 2) await sleep(20)
        running.child.kill('SIGTERM')
        const { code, stdout } = await running.finished
        expect(code).to.equal(143)
        expect(stdout.toString()).to.equal('')
        await sleep(1000)
        expect(server.openUploads).to.equal(0)
        expect(server.objects.size).to.equal(0)
      })
    } finally {
      await server.close()
    }
  }).timeout(60_000)
})

describe('the target and a strict S3', function () {
  this.timeout(120_000)

  async function into(input: string, rest: object = {}) {
    const s3 = await s3Server()
    const bucket = await s3.newBucket()
    const finished = await withFolder(async (folder) => {
      const config = { s3_bucket: bucket, region: s3.region, part_bytes: 5 << 20, ...s3.config, ...rest }
      return await runBin('target-s3-csv', ['--config', await writeJson(`${folder}/config.json`, config)], { input })
    })
    return { s3, bucket, finished }
  }

  for (const checksum of ['auto', 'none', 'crc32', 'sha1', 'sha256']) {
    it(`takes objects in parts with the checksum ${checksum}`, async () => {
      const { s3, bucket, finished } = await into(large, { checksum })
      expect(finished.code, finished.stderr).to.equal(0)
      const [key = ''] = await s3.keys(bucket)
      expect(key).to.match(/^big-\d{8}T\d{6}\.csv$/)
      const lines = (await s3.read(bucket, key)).toString().trimEnd().split('\n')
      expect(lines.length).to.equal(12_001)
      expect(lines.at(-1)).to.equal(`11999,${'w'.repeat(1000)}`)
      expect(await s3.openUploads(bucket)).to.deep.equal([])
    })
  }

  it('takes compressed objects in parts', async () => {
    const noise = Array.from({ length: 9000 }, (_, n) => {
      const random = Buffer.from(
        Array.from({ length: 750 }, (__, at) => (n * 7919 + at * at * 31 + ((n * at) % 251)) % 256),
      )
      return `{"type":"RECORD","stream":"noise","record":{"id":${n},"text":"${random.toString('base64')}"}}\n`
    })
    const { s3, bucket, finished } = await into(schema('noise', { id: {}, text }) + noise.join(''), {
      compression: 'gzip',
    })
    expect(finished.code, finished.stderr).to.equal(0)
    const [key = ''] = await s3.keys(bucket)
    expect(key).to.match(/\.csv\.gz$/)
    const lines = gunzipSync(await s3.read(bucket, key))
      .toString()
      .trimEnd()
      .split('\n')
    expect(lines.length).to.equal(9001)
  })

  const refusals: [title: string, rest: object, message: RegExp][] = [
    ['a wrong secret', { aws_secret_access_key: 'wrong' }, /the secret key is not that of the access key/],
    ['an unknown key', { aws_access_key_id: 'nobody' }, /the access key is unknown there/],
    ['a missing bucket', { s3_bucket: 'no-such-bucket-here' }, /the bucket does not exist/],
    [
      'a port where nothing listens',
      { aws_endpoint_url: 'http://127.0.0.1:9' },
      /nothing listens there: check aws_endpoint_url/,
    ],
  ]
  for (const [title, rest, message] of refusals) {
    it(`says what is wrong: ${title}`, async () => {
      const { finished } = await into(small, rest)
      expect(finished.code).to.equal(1)
      expect(last(finished))
        .to.match(/^CRITICAL put s3:/)
        .and.to.match(message)
      expect(finished.stdout.toString()).to.equal('')
    })
  }

  for (const [size, input] of Object.entries(inputs)) {
    it(`keeps the ${size} objects of runs in the same second apart`, async () => {
      const s3 = await s3Server()
      const bucket = await s3.newBucket()
      await withFolder(async (folder) => {
        const settings = {
          s3_bucket: bucket,
          region: s3.region,
          part_bytes: 5 << 20,
          naming_convention: '{stream}.csv',
        }
        const config = await writeJson(`${folder}/config.json`, { ...settings, ...s3.config })
        const runs = [1, 2, 3].map(() => runBin('target-s3-csv', ['--config', config], { input }))
        for (const { code, stderr } of await Promise.all(runs)) expect(code, stderr).to.equal(0)
      })
      expect(await s3.keys(bucket)).to.have.length(3)
      expect(await s3.openUploads(bucket)).to.deep.equal([])
    })
  }
})

describe('the target, killed', () => {
  it('-9: no half file stands under a final name, and the next run works', async () => {
    await withFolder(async (folder) => {
      const output_path = `${folder}/out`
      const config = await writeJson(`${folder}/config.json`, { output_path, max_object_rows: 1000 })
      const { readdir, readFile } = await import('node:fs/promises')
      const input = ids('users') + records('users', 0, 300_000)
      for (let round = 0; round < 5; round++) {
        const running = startProgram([...bin('target-s3-csv'), '--config', config], ['pipe', 'pipe', 'pipe'])
        running.child.stdin?.on('error', () => undefined)
        running.child.stdin?.write(input)
        while ((await readdir(output_path).catch(() => [])).length < (round + 1) * 7) await sleep(5)
        running.child.kill('SIGKILL')
        await running.finished
      }
      const names = (await readdir(output_path)).filter((name) => name.endsWith('.csv'))
      expect(names.length).to.be.above(10)
      for (const name of names) {
        const lines = (await readFile(`${output_path}/${name}`, 'utf8')).split('\n')
        expect([lines[0], lines.length, lines.at(-1)], name).to.deep.equal(['id', 1002, ''])
      }
    })
  }).timeout(60_000)
})
