import type {
  CreateMultipartUploadCommandInput,
  HeadObjectCommandOutput,
  ObjectCannedACL,
  S3Client,
  ServerSideEncryption,
  StorageClass,
} from '@aws-sdk/client-s3'
import type { Checksum } from './checksums.js'
import type { S3Sdk } from './s3-client.js'

/** What every object of a run gets. */
export interface S3ObjectOptions {
  readonly bucket: string
  readonly checksum: Checksum | undefined
  readonly encryption:
    | { readonly algorithm: ServerSideEncryption; readonly keyId?: string; readonly bucketKey?: boolean }
    | undefined
  readonly acl: ObjectCannedACL | undefined
  readonly storageClass: StorageClass | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly requesterPays: boolean
  readonly contentEncoding: string | undefined
}

/** A part that has arrived. */
export interface SentPart {
  readonly number: number
  readonly etag: string
  readonly checksum: string | undefined
}

/** In S3's own words, to be spread into its commands. */
export interface UploadId {
  readonly Key: string
  readonly UploadId: string
}

/** One object's first and only request, or its first of many. */
export interface NewObject {
  readonly key: string
  readonly contentType: string
}

/**
 * The requests that the store makes. Bodies are Buffers: the SDK can sign and repeat them.
 * `isNew`: only if nothing bears the key yet.
 */
export class S3Requests {
  readonly #sdk: S3Sdk
  readonly #client: S3Client
  readonly #checksum: Checksum | undefined
  readonly #common: { readonly Bucket: string; readonly RequestPayer?: 'requester' }
  readonly #attributes: Partial<CreateMultipartUploadCommandInput>

  constructor(sdk: S3Sdk, client: S3Client, options: S3ObjectOptions) {
    this.#sdk = sdk
    this.#client = client
    this.#checksum = options.checksum
    this.#common = { Bucket: options.bucket, ...(options.requesterPays && { RequestPayer: 'requester' }) }
    this.#attributes = attributesOf(options)
  }

  async put({ key, contentType }: NewObject, body: Buffer, isNew: boolean, abortSignal: AbortSignal): Promise<void> {
    const object = { ...this.#common, Key: key, ContentType: contentType, ...this.#attributes, ...condition(isNew) }
    const content = { Body: body, ContentLength: body.length, ...this.#sums(this.#checksum?.of(body)) }
    const command = new this.#sdk.PutObjectCommand({ ...object, ...content })
    const { ETag: etag } = await this.#client.send(command, { abortSignal })
    // Whatever speaks HTTP may answer 200, a proxy's page too; S3 names what it has stored.
    if (!etag) throw new Error('the answer holds no ETag')
  }

  /**
   * Not to be cut short: an upload whose id nobody knows could not be aborted. `isRepeated`: there may be such another
   * one, whose answer was lost.
   */
  async create({ key, contentType }: NewObject): Promise<{ upload: UploadId; isRepeated: boolean }> {
    const object = { ...this.#common, Key: key, ContentType: contentType, ...this.#attributes }
    const algorithm = this.#checksum ? { ChecksumAlgorithm: this.#checksum.name } : {}
    const command = new this.#sdk.CreateMultipartUploadCommand({ ...object, ...algorithm })
    const { UploadId, $metadata } = await this.#client.send(command)
    if (!UploadId) throw new Error('the answer holds no upload id')
    return { upload: { Key: key, UploadId }, isRepeated: ($metadata.attempts ?? 1) > 1 }
  }

  async uploadPart(upload: UploadId, number: number, body: Buffer, abortSignal: AbortSignal): Promise<SentPart> {
    const sum = this.#checksum?.of(body)
    const content = { Body: body, ContentLength: body.length, ...this.#sums(sum) }
    const command = new this.#sdk.UploadPartCommand({ ...this.#common, ...upload, PartNumber: number, ...content })
    const { ETag: etag } = await this.#client.send(command, { abortSignal })
    if (!etag) throw new Error('the answer holds no ETag')
    return { number, etag, checksum: sum }
  }

  /** False when the answer says neither yes nor no: S3 may fail after it has begun to answer 200. */
  async complete(
    upload: UploadId,
    parts: readonly SentPart[],
    isNew: boolean,
    abortSignal: AbortSignal,
  ): Promise<boolean> {
    const Parts = parts.map((part) => ({ PartNumber: part.number, ETag: part.etag, ...this.#sums(part.checksum) }))
    const input = { ...this.#common, ...upload, MultipartUpload: { Parts }, ...condition(isNew) }
    const command = new this.#sdk.CompleteMultipartUploadCommand(input)
    const { ETag: etag } = await this.#client.send(command, { abortSignal })
    return etag !== undefined
  }

  async abort(upload: UploadId): Promise<void> {
    const command = new this.#sdk.AbortMultipartUploadCommand({ ...this.#common, ...upload })
    await this.#client.send(command, { abortSignal: AbortSignal.timeout(abortMs) })
  }

  /** Those of this key that are open now. */
  async uploadsOf(key: string, abortSignal: AbortSignal): Promise<{ id: string; initiated: Date }[]> {
    const command = new this.#sdk.ListMultipartUploadsCommand({ ...this.#common, Prefix: key })
    const { Uploads = [] } = await this.#client.send(command, { abortSignal })
    const own = Uploads.filter(({ Key }) => Key === key)
    return own.map(({ UploadId: id = '', Initiated: initiated = new Date() }) => ({ id, initiated }))
  }

  async head(key: string, abortSignal: AbortSignal): Promise<HeadObjectCommandOutput> {
    const mode = this.#checksum ? ({ ChecksumMode: 'ENABLED' } as const) : {}
    return await this.#client.send(new this.#sdk.HeadObjectCommand({ ...this.#common, Key: key, ...mode }), {
      abortSignal,
    })
  }

  #sums(sum: string | undefined): Record<string, string> {
    return this.#checksum && sum !== undefined ? { [`Checksum${this.#checksum.name}`]: sum } : {}
  }
}

/** Who aborts has failed already, perhaps since nothing answers. */
const abortMs = 30_000

function condition(isNew: boolean): { IfNoneMatch?: string } {
  return isNew ? { IfNoneMatch: '*' } : {}
}

function attributesOf(options: S3ObjectOptions): Partial<CreateMultipartUploadCommandInput> {
  const { encryption, acl, storageClass, tags, contentEncoding } = options
  return {
    ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
    ...(encryption && { ServerSideEncryption: encryption.algorithm }),
    ...(encryption?.keyId !== undefined && { SSEKMSKeyId: encryption.keyId }),
    ...(encryption?.bucketKey !== undefined && { BucketKeyEnabled: encryption.bucketKey }),
    ...(acl !== undefined && { ACL: acl }),
    ...(storageClass !== undefined && { StorageClass: storageClass }),
    ...(Object.keys(tags).length > 0 && { Tagging: new URLSearchParams(tags).toString() }),
  }
}
