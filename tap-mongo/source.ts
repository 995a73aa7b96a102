import type { Context, Stream } from '../singer/index.js'
import type { Config, StreamConfig } from './config.js'
import type { Deployment } from './connection.js'
import type { Pace } from './pace.js'

/** A selected stream and the collection behind it. */
export interface Source extends Common {
  readonly stream: Stream
  readonly collection: Collection
  /** Of this stream, over those of all: lookback, start_date, end_date and so on are final here. */
  readonly own: StreamConfig
  /** Of `find`: fields that the schema selects, always with `_id` and the replication key; undefined: whole documents. */
  readonly projection: Readonly<Record<string, unknown>> | undefined
}

export interface Common {
  readonly deployment: Deployment
  readonly config: Config
  readonly context: Context
  readonly pace: Pace
}

export interface Collection {
  readonly database: string
  readonly name: string
  /** A view or a time series: no index on `_id` to read by, no change stream. */
  readonly isView: boolean
}
