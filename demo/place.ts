import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { s3Server } from '../test/support/s3.js'

/** Where the demo's CSV goes. */
export interface Place {
  readonly title: string
  /** The settings of target-s3-csv. */
  readonly settings: Readonly<Record<string, string | boolean>>
  /** Names of the objects that are there. */
  names(): Promise<readonly string[]>
  read(name: string): Promise<string>
}

export function localPlace(folder: string): Place {
  return {
    title: `the folder ${folder}/`,
    settings: { output_path: folder },
    names: () => readdir(folder).catch(() => []),
    read: (name) => readFile(join(folder, name), 'utf8'),
  }
}

/** A bucket of the S3 test server. */
export async function s3Place(): Promise<Place> {
  const server = await s3Server()
  const bucket = await server.newBucket()
  return {
    title: `the bucket ${bucket} at ${server.endpoint}`,
    settings: { s3_bucket: bucket, ...server.config },
    names: () => server.keys(bucket),
    read: async (key) => (await server.read(bucket, key)).toString(),
  }
}
