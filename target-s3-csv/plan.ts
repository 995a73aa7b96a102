import { ConfigError } from '../singer/errors.js'
import type { Flatten } from './columns.js'
import { type Compression, createCompression, hasZstd } from './compression.js'
import type { Config } from './config.js'
import { type Dialect, dialectOf } from './csv.js'
import { type Naming, templateProblems } from './names.js'
import type { Limits } from './open-objects.js'
import { keysOf, s3Plan } from './s3-plan.js'
import type { S3StoreOptions } from './store-s3.js'

/** What a run does, after the settings have been checked against each other. */
export interface Plan {
  readonly place: { readonly folder: string } | { readonly s3: S3StoreOptions }
  readonly naming: Naming
  readonly compression: Compression
  readonly limits: Limits
  readonly dialect: Dialect
  readonly flatten: Flatten
  readonly metadataColumns: boolean
  readonly invalidRecords: 'stop' | 'dead_letter'
  readonly extraProperties: 'warn' | 'stop' | 'column'
  /** Given, and without effect. */
  readonly unused: readonly string[]
}

/** @throws ConfigError with a line per problem. */
export function planOf(given: Config, start: Date): Plan {
  const config = withoutAliases(given)
  const problems = problemsOf(config)
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  const compression = createCompression(config.compression, config.compression_level)
  return {
    place: config.output_path === undefined ? { s3: s3Plan(config) } : { folder: config.output_path },
    naming: {
      template: config.naming_convention,
      prefix: config.s3_key_prefix,
      start,
      runId: config.run_id,
      extension: `csv${compression.suffix}`,
      suffix: compression.suffix,
    },
    compression,
    limits: limitsOf(config),
    dialect: dialectOf(config),
    flatten: {
      depth: config.flatten_depth ?? Number.POSITIVE_INFINITY,
      separator: config.flatten_separator,
      maxKeyLength: 255,
    },
    metadataColumns: config.add_metadata_columns,
    invalidRecords: config.invalid_records,
    extraProperties: config.extra_properties,
    unused: config.temp_dir === undefined ? [] : ['temp_dir'],
  }
}

function limitsOf(config: Config): Limits {
  const onTheirWay = config.output_path === undefined ? config.parts_in_flight * config.part_bytes : 0
  return {
    bytes: config.max_object_bytes || Number.POSITIVE_INFINITY,
    rows: config.max_object_rows || Number.POSITIVE_INFINITY,
    ageMs: config.max_object_age * 1000 || Number.POSITIVE_INFINITY,
    memory: config.memory_bytes - onTheirWay,
  }
}

/** Each alias counts where the setting itself is not given. */
function withoutAliases(config: Config): Config {
  const aws = config.cloud_provider?.aws ?? {}
  const aliases: Partial<Config> = dropUndefined({
    s3_bucket: aws.aws_bucket,
    region: aws.aws_region,
    aws_profile: aws.aws_profile_name,
    aws_endpoint_url: aws.aws_endpoint_override,
    aws_access_key_id: aws.aws_access_key_id,
    aws_secret_access_key: aws.aws_secret_access_key,
    aws_session_token: aws.aws_session_token,
    output_path: config.destination_path,
    quote: config.quotechar,
  })
  // These have defaults: the alias wins over the default.
  const overriding: Partial<Config> = dropUndefined({
    max_object_rows: config.max_object_rows || config.max_batch_size,
    max_object_age: config.max_batch_age === undefined ? undefined : config.max_batch_age * 60,
    add_metadata_columns: config.add_metadata_columns || config.add_record_metadata,
  })
  return { ...aliases, ...config, ...overriding }
}

function dropUndefined<T extends object>(values: { [Key in keyof T]: T[Key] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}

type Check = readonly [isBroken: boolean, problem: string]

function problemsOf(config: Config): string[] {
  const naming = templateProblems(config.naming_convention)
  const broken = [...placeChecks(config), ...s3Checks(config)].filter(([isBroken]) => isBroken)
  const named = naming.map((problem) => `naming_convention: ${problem}`)
  return [...broken.map(([, problem]) => problem), ...named, ...dialectProblems(config)]
}

function dialectProblems(config: Config): string[] {
  try {
    dialectOf(config)
    return []
  } catch (problem) {
    if (problem instanceof ConfigError) return problem.message.split('\n')
    throw problem
  }
}

function placeChecks(config: Config): Check[] {
  const places = [config.s3_bucket, config.output_path].filter((place) => place !== undefined).length
  const isZstd = config.compression === 'zstd'
  const level = config.compression_level ?? 1
  return [
    [places === 0, 's3_bucket or output_path: one of them must be given'],
    [places === 2, 's3_bucket and output_path: only one of them may be given'],
    [config.s3_key_prefix.split('/').includes('..'), 's3_key_prefix: must not contain the segment ..'],
    [isZstd && !hasZstd, `compression: zstd needs Node 22.15, 23.8 or newer; this is Node ${process.versions.node}`],
    [config.compression === 'gzip' && level > 9, 'compression_level: gzip has the levels 1 to 9'],
    [config.compression === 'none' && config.compression_level !== undefined, 'compression_level: needs compression'],
  ]
}

function s3Checks(config: Config): Check[] {
  if (config.output_path !== undefined) return []
  const smallest = Math.ceil(config.max_object_bytes / 10_000)
  const needed = (config.parts_in_flight + 1) * config.part_bytes
  const most = 5 * 2 ** 40
  const { id, secret } = keysOf(config)
  return [
    [config.part_bytes < smallest, `part_bytes: must be at least max_object_bytes / 10 000 = ${smallest}`],
    [config.max_object_bytes > most, `max_object_bytes: S3 takes at most ${most}`],
    [config.memory_bytes < needed, `memory_bytes: must be at least (parts_in_flight + 1) × part_bytes = ${needed}`],
    [config.aws_access_key_id !== undefined && !secret, 'aws_secret_access_key: missing beside aws_access_key_id'],
    [config.aws_secret_access_key !== undefined && !id, 'aws_access_key_id: missing beside aws_secret_access_key'],
    [config.external_id !== undefined && config.role_arn === undefined, 'external_id: needs role_arn'],
    ...encryptionChecks(config),
  ]
}

function encryptionChecks(config: Config): Check[] {
  const isKms = config.encryption_type.toLowerCase() === 'kms'
  const isOtherSse = config.sse !== undefined && !config.sse.startsWith('aws:kms')
  const usesKms = (isKms && !isOtherSse) || config.sse?.startsWith('aws:kms')
  return [
    [isKms && isOtherSse, `encryption_type kms and sse ${config.sse} contradict each other`],
    [!usesKms && config.kms_key_id !== undefined, 'kms_key_id: needs sse aws:kms'],
    [!usesKms && config.bucket_key !== undefined, 'bucket_key: needs sse aws:kms'],
  ]
}
