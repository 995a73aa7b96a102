import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'
import { cached } from './cache.js'
import { findProgram, run } from './command.js'
import { startDaemon } from './daemon.js'
import { onceOnly } from './once.js'

/** A running S3 service with an account that may do everything. */
export interface S3Server {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly client: S3Client
  /** The settings of target-s3-csv that reach it; the bucket is missing. */
  readonly config: Readonly<Record<string, string>>
  /** Makes an empty bucket and returns its name. */
  newBucket(): Promise<string>
  /** Keys in the order of their bytes. */
  keys(bucket: string): Promise<string[]>
  read(bucket: string, key: string): Promise<Buffer>
  /** Ids of multipart uploads that were neither completed nor aborted. */
  openUploads(bucket: string): Promise<string[]>
}

/**
 * versitygw, started once per process; TEST_S3_ENDPOINT with TEST_S3_ACCESS_KEY_ID, TEST_S3_SECRET_ACCESS_KEY and
 * TEST_S3_REGION name another service instead.
 */
export const s3Server = onceOnly(async (): Promise<S3Server> => {
  const endpoint = process.env.TEST_S3_ENDPOINT
  const region = process.env.TEST_S3_REGION ?? 'us-east-1'
  if (endpoint) {
    const accessKeyId = process.env.TEST_S3_ACCESS_KEY_ID ?? ''
    return connect({ endpoint, region, accessKeyId, secretAccessKey: process.env.TEST_S3_SECRET_ACCESS_KEY ?? '' })
  }
  const own = { region, accessKeyId: 'TESTACCESSKEY', secretAccessKey: 'test-secret-key-of-nobody' }
  return connect({ ...own, endpoint: await start(own) })
})

type Access = Pick<S3Server, 'endpoint' | 'region' | 'accessKeyId' | 'secretAccessKey'>

const version = 'v1.8.0'

async function start({ region, accessKeyId, secretAccessKey }: Omit<Access, 'endpoint'>): Promise<string> {
  const program = await versitygw()
  const daemon = await startDaemon({
    name: 'versitygw',
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    async command(folder, port) {
      await mkdir(join(folder, 'data'))
      await mkdir(join(folder, 'iam'))
      const address = ['--port', `127.0.0.1:${port}`, '--region', region, '--health', '/health']
      const names = ['--iam-dir', join(folder, 'iam'), '--virtual-domain', 's3.example.test']
      return [program, '--quiet', ...address, ...names, 'posix', join(folder, 'data')]
    },
    isReady: (port) => isHealthy(`http://127.0.0.1:${port}/health`),
  })
  return `http://127.0.0.1:${daemon.port}`
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined)
  return response?.status === 200
}

/** The program: on PATH, else built into the cache. */
export async function versitygw(): Promise<string> {
  const installed = findProgram('versitygw')
  if (installed) return installed
  const folder = await cached(`versitygw-${version}-${process.arch}`, async (draft) => {
    const go = findProgram('go')
    if (!go) throw new Error('go is missing, which builds the S3 test server; install golang or set TEST_S3_ENDPOINT')
    const source = `github.com/versity/versitygw/cmd/versitygw@${version}`
    await run([go, 'install', '-ldflags=-s -w', source], { ...process.env, GOBIN: draft, CGO_ENABLED: '0' })
  })
  return join(folder, 'versitygw')
}

async function connect(access: Access): Promise<S3Server> {
  // The library's note on old versions of Node, among the results of tests.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const s3 = await import('@aws-sdk/client-s3')
  const { endpoint, region, accessKeyId, secretAccessKey } = access
  const client = new s3.S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestHandler: { httpAgent: { keepAlive: false } },
  })
  return {
    ...access,
    client,
    config: {
      aws_access_key_id: accessKeyId,
      aws_secret_access_key: secretAccessKey,
      aws_endpoint_url: endpoint,
      region,
    },
    async newBucket() {
      const Bucket = `test-${process.pid}-${Math.random().toString(36).slice(2, 10)}`
      await client.send(new s3.CreateBucketCommand({ Bucket }))
      return Bucket
    },
    async keys(Bucket) {
      const keys: string[] = []
      for await (const page of s3.paginateListObjectsV2({ client }, { Bucket })) {
        for (const { Key } of page.Contents ?? []) keys.push(Key ?? '')
      }
      return keys
    },
    async read(Bucket, Key) {
      const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key }))
      return Buffer.from((await Body?.transformToByteArray()) ?? [])
    },
    async openUploads(Bucket) {
      const { Uploads = [] } = await client.send(new s3.ListMultipartUploadsCommand({ Bucket }))
      return Uploads.map(({ UploadId }) => UploadId ?? '')
    },
  }
}
