import { setTimeout as sleep } from 'node:timers/promises'
import { TargetError } from '../singer/errors.js'
import type { Log } from '../singer/log.js'
import { type Checksum, compositeEtag, etagOf } from './checksums.js'
import type { ObjectNames } from './names.js'
import { s3Code, s3Status, wasRepeated } from './s3-problems.js'
import type { NewObject, S3Requests, SentPart, UploadId } from './s3-requests.js'

export type IfNoneMatch = 'auto' | 'on' | 'off'

export interface CommitOptions {
  readonly ifNoneMatch: IfNoneMatch
  readonly checksum: Checksum | undefined
  /** The names are those of an earlier try of this run: what is there with the same content is done already. */
  readonly isRerun: boolean
  readonly log: Log
}

/** What an object of ours would look like from outside. */
interface Likeness {
  readonly size: number
  readonly checksum: string | undefined
  readonly etag: string
}

const mostNames = 1000
const mostConflicts = 5
const triesPerName = 2
const listMs = 5_000
// An upload that is older was left behind by a run that was killed.
const forgottenMs = 86_400_000

/**
 * Makes objects appear under names that nothing bears yet, by the condition `If-None-Match: *`, or by a look beforehand
 * where the service has no conditions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class S3Commit {
  readonly #requests: S3Requests
  readonly #options: CommitOptions
  #isConditional: boolean

  constructor(requests: S3Requests, options: CommitOptions) {
    this.#requests = requests
    this.#options = options
    this.#isConditional = options.ifNoneMatch !== 'off'
  }

  /** Puts a whole object under the first free name from `object.key` on, and returns that name. */
  async put(object: NewObject, body: Buffer, names: ObjectNames, signal: AbortSignal): Promise<string> {
    let key = object.key
    for (let tried = 0; tried < mostNames; tried++) {
      if (await this.#isPut({ ...object, key }, body, signal)) return key
      key = names.next()
    }
    throw allTaken(object.key)
  }

  /**
   * Begins an upload under the first name from `object.key` on that nothing bears and nobody else is uploading to: its
   * name cannot be changed later.
   */
  async begin(object: NewObject, names: ObjectNames, signal: AbortSignal): Promise<UploadId> {
    for (let [key, named] = [object.key, 1]; named <= mostNames; key = names.next(), named++) {
      for (let tries = 0; tries < triesPerName && !(await this.#exists(key, signal)); tries++) {
        const { upload, isRepeated } = await this.#requests.create({ ...object, key })
        if (isRepeated || (await this.#isFree(upload, signal))) return upload
        await this.#requests.abort(upload)
        // Who began at the same time withdraws, too: chance decides who is back first.
        await sleep(Math.random() * 500, undefined, { signal })
      }
    }
    throw allTaken(object.key)
  }

  /** Completes an upload whose name is given and cannot change any more. */
  async complete(upload: UploadId, parts: readonly SentPart[], size: number, signal: AbortSignal): Promise<void> {
    // Whether an earlier try may have been carried out without our knowing.
    let isUncertain = false
    for (let conflicts = 0; ; ) {
      try {
        if (await this.#requests.complete(upload, parts, this.#isConditional, signal)) return
        isUncertain = true
        throw new Error('the answer holds no ETag')
      } catch (problem) {
        if (this.#lacksCondition(problem)) continue
        isUncertain ||= wasRepeated(problem)
        if (s3Status(problem) === 409 && conflicts < mostConflicts) {
          isUncertain = true
          await sleep(100 * 2 ** conflicts++, undefined, { signal })
          continue
        }
        if (!isEnded(problem) && !isUncertain) throw problem
        if (await this.#isStored(upload.Key, () => partsLikeness(parts, size, this.#options), isUncertain, signal))
          return
        throw s3Status(problem) === 412 ? takenMeanwhile(upload.Key, problem) : problem
      }
    }
  }

  /** False: something else bears the name. */
  async #isPut(object: NewObject, body: Buffer, signal: AbortSignal): Promise<boolean> {
    for (let conflicts = 0; ; ) {
      try {
        if (!this.#isConditional && (await this.#exists(object.key, signal))) return false
        await this.#requests.put(object, body, this.#isConditional, signal)
        return true
      } catch (problem) {
        if (this.#lacksCondition(problem)) continue
        if (s3Status(problem) === 409 && conflicts < mostConflicts) {
          await sleep(100 * 2 ** conflicts++, undefined, { signal })
          continue
        }
        if (s3Status(problem) !== 412) throw problem
        const isUncertain = wasRepeated(problem) || conflicts > 0
        if (!isUncertain && !this.#options.isRerun) return false
        return await this.#isStored(object.key, () => bodyLikeness(body, this.#options), isUncertain, signal)
      }
    }
  }

  /** Of several that upload to one name at most one is told so. */
  async #isFree(upload: UploadId, signal: AbortSignal): Promise<boolean> {
    try {
      // In this order: an upload that is no longer in the list has either made its object or will never make it.
      return (await this.#isAlone(upload, signal)) && !(await this.#exists(upload.Key, signal))
    } catch {
      return false
    }
  }

  /** Who may not list takes itself to be alone. */
  async #isAlone({ Key, UploadId }: UploadId, signal: AbortSignal): Promise<boolean> {
    try {
      const uploads = await this.#requests.uploadsOf(Key, AbortSignal.any([signal, AbortSignal.timeout(listMs)]))
      const alive = uploads.filter(({ initiated }) => Date.now() - initiated.getTime() < forgottenMs)
      return alive.every(({ id }) => id === UploadId)
    } catch {
      return true
    }
  }

  /** Once: from then on names are looked up beforehand. */
  #lacksCondition(problem: unknown): boolean {
    if (!this.#isConditional || this.#options.ifNoneMatch !== 'auto') return false
    if (s3Status(problem) !== 501 && s3Code(problem) !== 'NotImplemented') return false
    this.#isConditional = false
    this.#options.log.info('the service has no If-None-Match; names are looked up before each object instead')
    return true
  }

  async #exists(key: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#requests.head(key, signal)
      return true
    } catch (problem) {
      if (isUnknown(problem)) return false
      throw problem
    }
  }

  /** Whether the object of that name is ours: the same size, and the same checksum or ETag where they can be compared. */
  async #isStored(key: string, ours: () => Likeness, isUncertain: boolean, signal: AbortSignal): Promise<boolean> {
    const { checksum } = this.#options
    try {
      const found = await this.#requests.head(key, signal)
      const { size, checksum: sum, etag } = ours()
      if (found.ContentLength !== size) return false
      const foundSum = checksum && found[`Checksum${checksum.name}`]
      if (foundSum !== undefined && sum !== undefined) return foundSum === sum
      // An ETag that differs says nothing: encrypted objects and some services have ETags of another kind.
      return found.ETag?.replaceAll('"', '') === etag || isUncertain
    } catch (problem) {
      if (isUnknown(problem)) return false
      throw problem
    }
  }
}

function bodyLikeness(body: Buffer, { checksum }: CommitOptions): Likeness {
  return { size: body.length, checksum: checksum?.of(body), etag: etagOf(body) }
}

function partsLikeness(parts: readonly SentPart[], size: number, { checksum }: CommitOptions): Likeness {
  const sums = parts.flatMap((part) => part.checksum ?? [])
  return { size, checksum: checksum?.composite(sums), etag: compositeEtag(parts.map((part) => part.etag)) }
}

function isEnded(problem: unknown): boolean {
  return s3Status(problem) === 412 || s3Code(problem) === 'NoSuchUpload'
}

// 403: without s3:ListBucket S3 does not tell whether there is such an object.
function isUnknown(problem: unknown): boolean {
  return s3Status(problem) === 404 || s3Status(problem) === 403
}

function allTaken(key: string): TargetError {
  return new TargetError(`${mostNames} names from ${key} on are taken: change naming_convention`)
}

function takenMeanwhile(key: string, cause: unknown): TargetError {
  const why = 'another run has written an object of that name meanwhile; nothing was replaced'
  return new TargetError(`complete ${key}: ${why}: run again from the last state, or set run_id apart`, { cause })
}
