import type { Json, JsonObject } from '../../singer/index.js'
import type { JsonSchema } from '../../singer/schema.js'
import type { BodyType } from '../http/http.js'
import type { Expression } from './expression.js'
import type { Template } from './template.js'

/** What the settings say, complete: defaults merged, placeholders and expressions parsed, every key checked. */
export interface Plan {
  readonly connection: ConnectionPlan
  /** By name, in the order of the settings. */
  readonly streams: ReadonlyMap<string, StreamPlan>
}

/** `a.b`, `$.a.b`, `["@odata.nextLink"]`: names from the outside in. Empty: the value itself. */
export type Path = readonly string[]

export interface StreamPlan {
  readonly name: string
  readonly request: RequestPlan
  /** May be repeated without harm: GET and HEAD, and what `safe` says. */
  readonly isSafe: boolean
  readonly auth: AuthPlan
  readonly records: RecordsPlan
  readonly format: Format
  readonly primaryKey: readonly Path[]
  readonly paginate: Paginate
  readonly incremental?: Incremental
  readonly partition: PartitionPlan
  /** Columns beside those of the records, before them, in this order. */
  readonly include: readonly Include[]
  readonly schema: SchemaPlan
  readonly flatten?: Flatten
  /** A column `_sdc_raw_json` with the record as text. */
  readonly rawRecord: boolean
  readonly retry: RetryPlan
  readonly errors: readonly ErrorRule[]
  readonly rate?: Rate
}

export interface RequestPlan {
  readonly method: string
  /** `base_url` and `path`: an absolute URL once rendered. Values in it are percent-encoded, unless `|raw`. */
  readonly url: Template
  readonly params: Readonly<Record<string, Template>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, Template>>
  readonly body?: { readonly type: BodyType; readonly value: Template }
}

export type Format = 'auto' | 'json' | 'ndjson' | 'csv'

export interface RecordsPlan {
  /** `auto`: found in the first answer, then frozen. A path as written: `data.items`, `$.data[*]`, any JSONPath. */
  readonly path: string
  /** A missing path then means no records. */
  readonly isOptional: boolean
}

export type Paginate = PaginateKind & {
  /** Path in the body (or header, `headers.x`) whose false ends the sequence; its absence says nothing. */
  readonly hasMore?: Path
  readonly stopWhen?: Expression
  /** Go on after a page without records, as long as there is a token. */
  readonly emptyPageContinues: boolean
  readonly shortPageStops: boolean
  readonly maxPages?: number
  readonly maxRecords?: number
}

export type PaginateKind =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'link'; readonly rel: string }
  /** Without a path the usual places are tried. */
  | { readonly kind: 'next'; readonly path?: Path }
  | { readonly kind: 'cursor'; readonly from: CursorSource; readonly to: CursorPlace }
  | {
      readonly kind: 'page'
      readonly to: CursorPlace
      readonly start: number
      readonly sizeTo?: CursorPlace
      readonly size?: number
      /** Path of the number of all pages. */
      readonly totalPages?: Path
    }
  | {
      readonly kind: 'offset'
      readonly to: CursorPlace
      readonly start: number
      readonly limitTo: CursorPlace
      readonly limit?: number
      readonly step: 'limit' | 'returned'
      /** Path of the number of all records. */
      readonly total?: Path
    }

export type CursorSource =
  | { readonly body: Path }
  | { readonly header: string }
  /** A field of the last record. */
  | { readonly last: Path }
  | { readonly next: Expression }

/** Where page number, size, offset, limit or cursor go in a request. */
export type CursorPlace = { readonly param: string } | { readonly body: Path } | { readonly header: string }

export type TimeFormat = 'iso' | 'iso_z' | 'epoch' | 'epoch_ms' | 'date' | `strftime:${string}`

export interface Incremental {
  readonly key: Path
  /** Text of a time or of a number. */
  readonly start?: string
  readonly mode: 'param' | 'filter' | 'feed'
  /** Sent with each request; `{state}`, `{window.start}` stand where these are absent. */
  readonly send?: CursorPlace
  readonly sendEnd?: CursorPlace
  readonly format: TimeFormat
  readonly order: 'none' | 'asc' | 'desc'
  /** Windows `[start, end)` of this length. */
  readonly step?: Duration
  readonly lookback?: Duration | number
  /** Subtracted from what is sent, for filters that exclude their bound. */
  readonly granularity?: Duration | number
}

/** ISO 8601, such as P1D, PT1H, P1M: calendar months are kept apart, since their length varies. */
export interface Duration {
  readonly months: number
  readonly ms: number
}

/** How often the request is made: once, or once per parent record and list item, each with pages of its own. */
export interface PartitionPlan {
  readonly parent?: string
  readonly list?: readonly Json[]
  /** This many parents in one request: their fields are lists then. */
  readonly chunk?: number
  readonly concurrency: number
  readonly state: 'global' | 'per_parent' | 'none'
  /** Only parents that an incremental parent stream has read in this run. */
  readonly childOfChanged: boolean
}

/** Scopes of the value: `config env parent list window params body`. */
export interface Include {
  readonly column: string
  readonly value: Template
}

export type SchemaPlan =
  | { readonly declared: JsonSchema }
  | { readonly infer: { readonly records: number; readonly pages: number; readonly parents: number } }

export interface Flatten {
  readonly separator: string
  readonly maxDepth: number
  readonly except: readonly string[]
  /** `-` and `.` in names become `_`, as tap-rest-api-msdk had it. */
  readonly cleanNames: boolean
}

export interface RetryPlan {
  readonly attempts: number
  readonly firstMs: number
  readonly maxMs: number
  /** A server that asks to wait longer ends the stream. */
  readonly maxWaitMs: number
  /** Header (`retry-after`, any name) or path of the body (`body.retry_in`) that holds seconds to wait. */
  readonly waitFrom?: string
  /** Added to each wait that the server asks for. */
  readonly extraMs: number
}

export interface ErrorRule {
  readonly when: Expression
  readonly then: 'fail' | 'retry' | 'ignore' | 'stop' | 'refresh_token' | 'reset_pagination' | 'rate_limited'
}

export interface Rate {
  /** Requests per second that the bucket gains. */
  readonly perSecond: number
  readonly burst: number
  readonly concurrency?: number
  /** Streams of one scope share a bucket; the host by default. */
  readonly scope?: string
}

/** All texts are complete: `{env.X}` and `{config.x}` are filled in. */
export type AuthPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | {
      readonly kind: 'api_key'
      readonly name: string
      readonly value: string
      readonly in: 'header' | 'query' | 'cookie' | 'body'
    }
  | OAuth2Plan
  | JwtPlan
  | AwsPlan
  | LoginPlan

export interface OAuth2Plan {
  readonly kind: 'oauth2'
  readonly grant: 'client_credentials' | 'refresh_token' | 'password'
  readonly tokenUrl: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly refreshToken?: string
  readonly username?: string
  readonly password?: string
  readonly scope?: string
  readonly extras: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly authStyle: 'basic' | 'body'
  readonly expiresIn?: number
}

/** Service accounts: the signed assertion is the token, or is exchanged for one at `tokenUrl`. */
export interface JwtPlan {
  readonly kind: 'jwt'
  readonly algorithm: string
  /** PEM, JWK text, or for HS the shared secret. */
  readonly key: string
  readonly keyId?: string
  readonly claims: JsonObject
  /** Seconds. */
  readonly lifetime: number
  readonly tokenUrl?: string
  readonly as: 'bearer' | { readonly header: string }
}

/** Without keys: the environment's AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. */
export interface AwsPlan {
  readonly kind: 'aws'
  readonly service: string
  readonly region: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
}

export interface LoginPlan {
  readonly kind: 'login'
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: { readonly type: BodyType; readonly value: Json }
  }
  readonly token: Path
  readonly as: 'bearer' | { readonly header: string }
  /** Seconds. */
  readonly ttl?: number
}

export interface ConnectionPlan {
  readonly baseUrl: string
  /** Origins (`https://host:port`) or hosts beside that of `base_url` to which requests, links and redirects may go. */
  readonly allowHosts: readonly string[]
  readonly blockPrivateNetworks: boolean
  readonly timeoutMs: { readonly connect: number; readonly headers: number; readonly bodyIdle: number }
  readonly maxResponseBytes: number
  readonly userAgent: string
  /** Absent: the usual variables of the environment. */
  readonly proxy?: string
  /** PEM texts. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  /** File for rotating tokens. */
  readonly tokenStore?: string
  /** Every text that no line may hold. */
  readonly secrets: readonly string[]
}
