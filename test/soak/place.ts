import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { s3Server } from '../support/s3.js'

/** Where a target writes, empty at first. */
export interface Place {
  /** The settings of target-s3-csv that lead here. */
  readonly config: Readonly<Record<string, unknown>>
  /** Name → identity of each finished object; another identity under the same name means that it was overwritten. */
  objects(): Promise<ReadonlyMap<string, string>>
  read(name: string): Promise<Buffer>
  /** What was begun and not finished: temporary files, multipart uploads. */
  unfinished(): Promise<string[]>
  /** Waits for what a service still carries out though its client is gone. */
  settle(): Promise<void>
}

export const placeKinds = ['local', 's3'] as const
export type PlaceKind = (typeof placeKinds)[number]

/** `folder`: an empty one, for a local place. */
export function makePlace(kind: PlaceKind, folder: string): Promise<Place> {
  return kind === 's3' ? s3Place() : localPlace(folder)
}

async function localPlace(folder: string): Promise<Place> {
  const names = async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  }
  return {
    config: { output_path: folder },
    async objects() {
      const objects = new Map<string, string>()
      for (const name of (await names()).filter(isFinal)) {
        const { ino, size, mtimeMs } = await stat(join(folder, name))
        objects.set(name, `${ino} ${size} ${mtimeMs}`)
      }
      return objects
    },
    read: (name) => readFile(join(folder, name)),
    unfinished: async () => (await names()).filter((name) => !isFinal(name)),
    async settle() {},
  }
}

function isFinal(name: string): boolean {
  return /^[^.].*\.csv(\.gz)?$/.test(basename(name))
}

async function s3Place(): Promise<Place> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3')
  const { client, config, newBucket, read, openUploads } = await s3Server()
  const Bucket = await newBucket()
  const objects = async () => {
    const found = new Map<string, string>()
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      for (const { Key, ETag, LastModified } of Contents) found.set(String(Key), `${ETag} ${LastModified?.getTime()}`)
    }
    return found
  }
  return {
    // The smallest parts that S3 takes, so that objects of some megabytes are multipart uploads.
    config: { ...config, s3_bucket: Bucket, part_bytes: 5 << 20 },
    objects,
    read: (name) => read(Bucket, name),
    unfinished: () => openUploads(Bucket),
    async settle() {
      const look = async () => [...(await objects()).keys(), ...(await openUploads(Bucket))].join()
      let before: string | undefined
      for (let now = await look(); now !== before; now = await look()) {
        before = now
        await sleep(quietMs)
      }
    },
  }
}

const quietMs = 1000
