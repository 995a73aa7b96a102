import type { ObjectNames } from './names.js'

/** Where objects go. */
export interface Store {
  /** For people: `s3://bucket`, a folder. */
  readonly place: string
  /** Begins an object under the first free one of these names. */
  open(names: ObjectNames, contentType: string): Promise<Upload>
  /** No object is open any more. */
  close(): void
}

/**
 * One object on its way. Nothing is visible under its name before `finish`, and nothing that was there is replaced.
 * Failures are `TargetError`s; after one only `abort` may be called.
 */
export interface Upload {
  /** Bytes of memory that it holds while nothing is being appended. */
  readonly held: number
  /** In order, one call at a time. The bytes are the caller's again when it resolves. */
  append(bytes: Buffer): Promise<void>
  /** Resolves with the object's full name when it is durable. */
  finish(): Promise<string>
  /** Leaves nothing behind. At any time, also while `append` or `finish` are under way: these then reject. */
  abort(): Promise<void>
}
