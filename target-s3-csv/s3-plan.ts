import { type ChecksumName, checksum } from './checksums.js'
import type { Config } from './config.js'
import type { S3Access } from './s3-client.js'
import type { S3ObjectOptions } from './s3-requests.js'
import { usualPatience } from './s3-silence.js'
import type { S3StoreOptions } from './store-s3.js'

/** The part of the settings that speaks of S3. */
export function s3Plan(config: Config): S3StoreOptions {
  return {
    access: accessOf(config),
    objects: objectOptions(config),
    partBytes: config.part_bytes,
    partsInFlight: config.parts_in_flight,
    ifNoneMatch: config.if_none_match,
    isRerun: config.run_id !== undefined,
  }
}

/** As in pipelinewise: each from the settings, or else from the environment. */
export function keysOf(config: Config) {
  return {
    id: config.aws_access_key_id ?? process.env.AWS_ACCESS_KEY_ID,
    secret: config.aws_secret_access_key ?? process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: config.aws_session_token ?? process.env.AWS_SESSION_TOKEN,
  }
}

function accessOf(config: Config): S3Access {
  const { id, secret, sessionToken } = keysOf(config)
  const { role_arn: arn } = config
  return {
    region: config.region,
    endpoint: config.aws_endpoint_url,
    forcePathStyle: config.force_path_style ?? config.aws_endpoint_url !== undefined,
    keys: id && secret ? { id, secret, sessionToken } : undefined,
    profile: config.aws_profile,
    role: arn === undefined ? undefined : { arn, externalId: config.external_id },
    connections: config.parts_in_flight + 8,
    patience: usualPatience,
  }
}

function objectOptions(config: Config): S3ObjectOptions {
  const name = config.checksum === 'auto' ? (config.aws_endpoint_url === undefined ? 'crc32' : 'none') : config.checksum
  return {
    bucket: config.s3_bucket ?? '',
    checksum: name === 'none' ? undefined : checksum(name.toUpperCase() as ChecksumName),
    encryption: encryptionOf(config),
    acl: config.acl,
    storageClass: config.storage_class,
    tags: config.tags,
    requesterPays: config.requester_pays,
    contentEncoding: config.content_encoding,
  }
}

function encryptionOf(config: Config): S3ObjectOptions['encryption'] {
  const isKms = config.encryption_type.toLowerCase() === 'kms'
  const algorithm = config.sse ?? (isKms ? 'aws:kms' : 'none')
  if (algorithm === 'none') return undefined
  const keyId = config.kms_key_id ?? config.encryption_key
  return {
    algorithm,
    ...(keyId !== undefined && { keyId }),
    ...(config.bucket_key !== undefined && { bucketKey: config.bucket_key }),
  }
}
