import type { Log } from '../singer/log.js'
import type { ObjectNames } from './names.js'
import { NextPart } from './part.js'
import { PartBuffers } from './part-buffers.js'
import { connectS3, type S3Access } from './s3-client.js'
import { type IfNoneMatch, S3Commit } from './s3-commit.js'
import { s3Code, s3Problem } from './s3-problems.js'
import { type S3ObjectOptions, S3Requests, type SentPart, type UploadId } from './s3-requests.js'
import { watchSilence } from './s3-silence.js'
import type { Store, Upload } from './store.js'

export interface S3StoreOptions {
  readonly access: S3Access
  readonly objects: S3ObjectOptions
  readonly partBytes: number
  readonly partsInFlight: number
  readonly ifNoneMatch: IfNoneMatch
  readonly isRerun: boolean
}

interface Shared {
  readonly place: string
  readonly requests: S3Requests
  readonly commit: S3Commit
  readonly buffers: PartBuffers
  readonly log: Log
}

/** Objects of a bucket: what fits into one part is put at once, what does not is uploaded in parts of equal size. */
export async function createS3Store(options: S3StoreOptions, log: Log): Promise<Store> {
  const { sdk, client } = await connectS3(options.access)
  watchSilence(client, options.access.patience, log)
  const { bucket, checksum } = options.objects
  const requests = new S3Requests(sdk, client, options.objects)
  const shared: Shared = {
    place: `s3://${bucket}`,
    requests,
    commit: new S3Commit(requests, { ifNoneMatch: options.ifNoneMatch, isRerun: options.isRerun, checksum, log }),
    buffers: new PartBuffers(options.partBytes, options.partsInFlight),
    log,
  }
  return {
    place: shared.place,
    open: async (names, contentType) => new S3Upload(shared, names, contentType),
    close: () => client.destroy(),
  }
}

class S3Upload implements Upload {
  readonly #shared: Shared
  readonly #names: ObjectNames
  readonly #contentType: string
  readonly #stop = new AbortController()
  #key: string
  readonly #next: NextPart
  #size = 0
  /** Undefined until the first part is full. */
  #upload: Promise<UploadId> | undefined
  readonly #sending = new Set<Promise<void>>()
  readonly #parts: SentPart[] = []
  #partCount = 0
  #failure: Error | undefined
  #isDone: boolean = false
  #aborted: Promise<void> | undefined

  constructor(shared: Shared, names: ObjectNames, contentType: string) {
    this.#shared = shared
    this.#names = names
    this.#contentType = contentType
    this.#key = names.next()
    this.#next = new NextPart(shared.buffers)
  }

  get held(): number {
    return this.#next.held
  }

  async append(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      from += this.#next.add(bytes, from)
      if (this.#next.isFull) await this.#sendPart()
    }
    this.#size += bytes.length
  }

  async finish(): Promise<string> {
    if (this.#next.isFirst) await this.#put()
    else await this.#complete()
    this.#isDone = true
    return this.#name()
  }

  abort(): Promise<void> {
    this.#aborted ??= this.#discard()
    return this.#aborted
  }

  async #put(): Promise<void> {
    const { commit, buffers } = this.#shared
    const object = { key: this.#key, contentType: this.#contentType }
    await buffers.sending.enter()
    const { body, buffer } = this.#next.take()
    try {
      this.#key = await this.#doing('put', () => commit.put(object, body, this.#names, this.#stop.signal))
    } finally {
      buffers.releasePart(buffer)
      buffers.sending.leave()
    }
  }

  /** Resolves when the part is on its way. */
  async #sendPart(): Promise<void> {
    this.#upload ??= this.#begin()
    const upload = await this.#upload
    const { buffers } = this.#shared
    await buffers.sending.enter()
    if (this.#failure || this.#stop.signal.aborted) {
      buffers.sending.leave()
      throw this.#failure ?? s3Problem(`upload ${this.#name()}`, this.#stop.signal.reason)
    }
    const { body, buffer } = this.#next.take()
    const sending = this.#send(upload, ++this.#partCount, body).finally(() => {
      buffers.releasePart(buffer)
      buffers.sending.leave()
      this.#sending.delete(sending)
    })
    this.#sending.add(sending)
  }

  async #begin(): Promise<UploadId> {
    const object = { key: this.#key, contentType: this.#contentType }
    const begun = () => this.#shared.commit.begin(object, this.#names, this.#stop.signal)
    const upload = await this.#doing('begin the upload of', begun)
    this.#key = upload.Key
    return upload
  }

  /** Keeps a failure for the next call. */
  async #send(upload: UploadId, number: number, body: Buffer): Promise<void> {
    const { requests } = this.#shared
    try {
      const sent = () => requests.uploadPart(upload, number, body, this.#stop.signal)
      this.#parts.push(await this.#doing(`upload part ${number} of`, sent))
    } catch (problem) {
      this.#failure ??= s3Problem(`upload ${this.#name()}`, problem)
    }
  }

  async #complete(): Promise<void> {
    if (!this.#next.isEmpty) await this.#sendPart()
    await Promise.all(this.#sending)
    if (this.#failure) throw this.#failure
    const upload = await this.#upload
    if (!upload) return
    const parts = this.#parts.sort((one, other) => one.number - other.number)
    const { commit } = this.#shared
    await this.#doing('complete', () => commit.complete(upload, parts, this.#size, this.#stop.signal))
  }

  async #discard(): Promise<void> {
    if (this.#isDone) return
    this.#stop.abort()
    const upload = await this.#upload?.catch(() => undefined)
    // S3 may still take in a part that was under way when the first abort arrived.
    const times = this.#sending.size > 0 ? 2 : 1
    await Promise.all(this.#sending)
    this.#next.drop()
    for (let time = 0; upload && time < times; time++) if (!(await this.#isAborted(upload))) break
  }

  /** False: it is known already that another time is of no use. */
  async #isAborted(upload: UploadId): Promise<boolean> {
    try {
      await this.#shared.requests.abort(upload)
      return true
    } catch (problem) {
      if (s3Code(problem) === 'NoSuchUpload') return false
      const fields = { object: this.#name(), upload_id: upload.UploadId, reason: s3Code(problem) }
      this.#shared.log.warning('a multipart upload could not be aborted; a lifecycle rule or you must do it', fields)
      return false
    }
  }

  async #doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      throw s3Problem(`${what} ${this.#name()}`, cause)
    }
  }

  #name(): string {
    return `${this.#shared.place}/${this.#key}`
  }
}
