import type { Document, Timestamp } from 'bson'

/** A document to store or to answer: a Buffer is BSON already and is kept byte for byte; a Map keeps the order of its keys. */
export type Input = Document | ReadonlyMap<string, unknown> | Buffer

/** A command that arrived. */
export interface Command {
  /** As it was written by the client: `find`, `getMore`, `hello`, `isMaster`, … */
  readonly name: string
  readonly database: string
  /** `deserialize(raw, { promoteValues: false })`: numbers are Int32, Long and Double. */
  readonly body: Document
  /** The whole command; document sequences of the message stand in it as arrays. */
  readonly raw: Buffer
  /** Counted from 1, in the order in which connections were accepted. */
  readonly connection: number
}

/** What the server does instead of its own answer. `failure(13, 'Unauthorized', …)` of refusal.ts writes the reply of an error. */
export type Answer =
  | { readonly reply: Input }
  /** The own answer, later. The wait ends when the server is closed. */
  | { readonly delayMs: number }
  /** The socket is closed without an answer. */
  | 'drop'
  /** Half of the own answer's bytes, then the socket is closed. */
  | 'cut'
  /** No answer, the socket stays open. */
  | 'hang'

/** Answers a command; `next` gives the answer of the handler that was there before. Throws `Refusal` for an error's reply. */
export type Handler = (command: Command, next: () => Promise<Input>) => Input | Promise<Input>

/** A cursor on the server: getMore, killCursors and `openCursors` know it by the id that `openCursor` gives. */
export interface Cursor {
  readonly namespace: string
  /** Of a `getMore` (its `batchSize` and `maxTimeMS` stand in the body). */
  next(command: Command): Batch | Promise<Batch>
  /** Killed by the client, or the server ends. Not called after a last batch. */
  close?(): void
}

export interface Batch {
  readonly documents: readonly Buffer[]
  /** The cursor ends with this batch: id 0. */
  readonly isLast: boolean
  /** Further fields of `cursor`, for instance `postBatchResumeToken`. */
  readonly fields?: Document
}

export interface Write {
  readonly operation: 'insert' | 'replace' | 'delete' | 'drop'
  readonly database: string
  readonly collection: string
  /** As it is stored now; for `delete` as it was; empty for `drop`. */
  readonly document: Buffer
  readonly before?: Buffer
  readonly time: Timestamp
}

export interface ScriptedOptions {
  /** A standalone server has no set name, no `operationTime` and no `$clusterTime`. */
  readonly kind?: 'replica set' | 'standalone'
  /** 21 (MongoDB 7.0) where absent. */
  readonly wireVersion?: number
  /** What `buildInfo` says; 7.0.12 where absent. */
  readonly version?: string
  /** False: `logicalSessionTimeoutMinutes` is missing, and a command with `lsid` is refused. */
  readonly hasSessions?: boolean
  /** Further fields of the answer to `hello`; undefined takes one away. */
  readonly hello?: Document
  /** User → password (SCRAM-SHA-256). When given, commands before a login are refused with 13. */
  readonly users?: Readonly<Record<string, string>>
}

/** A server that speaks OP_MSG on a free port of 127.0.0.1, keeps documents in memory and fails when it is told to. */
export interface Scripted {
  /** `mongodb://127.0.0.1:PORT`, without user, database and options. */
  readonly uri: string
  readonly port: number
  /** Everything that arrived, but `hello` and `isMaster`; `commands.length = 0` forgets it. */
  readonly commands: Command[]
  readonly openCursors: number
  /** Open now. */
  readonly connections: number
  /** Of the last write; `tick` moves it on by one increment. */
  readonly operationTime: Timestamp
  tick(): Timestamp

  /** Asked for every command but `hello` and `isMaster`; undefined: the own answer. May be set at any time. */
  answer: ((command: Command) => Answer | undefined) | undefined
  /** Asked for `hello` and `isMaster` alone. */
  answerHello: ((command: Command) => Answer | undefined) | undefined
  /** Puts a handler before the one of this command name (any command: also those that the server does not know). */
  handle(name: string, handler: Handler): void
  openCursor(cursor: Cursor): bigint
  onWrite(listener: (write: Write) => void): void
  /** Refused with 13: `listDatabases`, `db` (its listCollections) or `db.collection` (everything). May change at any time. */
  readonly forbidden: Set<string>

  /** A document without `_id` gets an ObjectId. Equal ids are not noticed. */
  insert(database: string, collection: string, ...documents: Input[]): void
  /** The document with the same `_id`; inserts it where there is none. */
  replace(database: string, collection: string, document: Input): void
  /** By `_id`, given as the server compares: `remove('db', 'c', 5)` also finds 5.0. Says whether there was one. */
  remove(database: string, collection: string, id: unknown): boolean
  /** Options as those of the command `create`: `{ viewOn, pipeline }`, `{ timeseries: { timeField } }`. */
  create(database: string, collection: string, options?: Document): void
  createIndex(database: string, collection: string, key: Document, options?: Document): void
  drop(database: string, collection: string): void
  /** In the order in which they were inserted. */
  documents(database: string, collection: string): readonly Buffer[]

  /** Closes every socket. */
  closeConnections(): void
  close(): Promise<void>
}
