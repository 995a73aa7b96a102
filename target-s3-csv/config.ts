import type { ObjectCannedACL, ServerSideEncryption, StorageClass } from '@aws-sdk/client-s3'
import type { JsonSchema } from '../singer/schema.js'
import type { CompressionName } from './compression.js'
import type { DialectSettings } from './csv.js'
import type { IfNoneMatch } from './s3-commit.js'

/** The settings after their check: defaults are filled in, texts like "3306" and "true" are numbers and booleans. */
export interface Config extends DialectSettings {
  readonly s3_bucket?: string
  readonly output_path?: string
  readonly destination_path?: string
  readonly naming_convention: string
  readonly s3_key_prefix: string
  readonly run_id?: string
  readonly max_object_bytes: number
  readonly max_object_rows: number
  readonly max_object_age: number
  readonly max_batch_size?: number
  readonly max_batch_age?: number
  readonly compression: CompressionName
  readonly compression_level?: number
  readonly quotechar?: string
  readonly flatten_depth?: number
  readonly flatten_separator: string
  readonly add_metadata_columns: boolean
  readonly add_record_metadata?: boolean
  readonly invalid_records: 'stop' | 'dead_letter'
  readonly extra_properties: 'warn' | 'stop' | 'column'
  readonly aws_access_key_id?: string
  readonly aws_secret_access_key?: string
  readonly aws_session_token?: string
  readonly aws_profile?: string
  readonly aws_endpoint_url?: string
  readonly role_arn?: string
  readonly external_id?: string
  readonly region?: string
  readonly force_path_style?: boolean
  readonly encryption_type: string
  readonly encryption_key?: string
  readonly sse?: 'none' | ServerSideEncryption
  readonly kms_key_id?: string
  readonly bucket_key?: boolean
  readonly acl?: ObjectCannedACL
  readonly storage_class?: StorageClass
  readonly tags: Readonly<Record<string, string>>
  readonly requester_pays: boolean
  readonly content_encoding?: string
  readonly if_none_match: IfNoneMatch
  readonly checksum: 'auto' | 'none' | 'crc32' | 'sha1' | 'sha256'
  readonly part_bytes: number
  readonly parts_in_flight: number
  readonly memory_bytes: number
  readonly temp_dir?: string
  readonly cloud_provider?: { readonly aws?: CrowemiAccess }
}

/** The names that crowemi/target-s3 has for some of the settings. */
export interface CrowemiAccess {
  readonly aws_bucket?: string
  readonly aws_region?: string
  readonly aws_profile_name?: string
  readonly aws_endpoint_override?: string
  readonly aws_access_key_id?: string
  readonly aws_secret_access_key?: string
  readonly aws_session_token?: string
}

const text = (description: string, rest: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...rest })
const choice = (values: readonly string[], description: string, rest: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  enum: values,
  description,
  ...rest,
})
const whole = (minimum: number, description: string, rest: JsonSchema = {}): JsonSchema => ({
  type: 'integer',
  minimum,
  description,
  ...rest,
})
const yesNo = (description: string, rest: JsonSchema = {}): JsonSchema => ({ type: 'boolean', description, ...rest })

const where: JsonSchema = {
  s3_bucket: text('Write to this bucket. Exactly one of `s3_bucket` and `output_path` is given.', { minLength: 1 }),
  output_path: text('Write to this folder; it is made when missing.', { minLength: 1, examples: ['./out'] }),
  destination_path: text('Another name of `output_path`, as singer-io/target-csv has it.', { minLength: 1 }),
  naming_convention: text(
    'Name of an object. Placeholders, all in UTC: `{stream}`, `{timestamp}` (start of the run), `{date}` (when the object begins), `{run_id}`, `{part}` or `{part:06}`, `{ext}`, `{column:NAME}` (an object per value of the column). Without `{part}` later objects get `-2`, `-3` before the extension; without `{ext}` the extension of the compression is appended.',
    { default: '{stream}-{timestamp}.csv' },
  ),
  s3_key_prefix: text('Goes before the last segment of each name: a folder with its `/`, or a few letters.', {
    default: '',
    examples: ['shop/'],
  }),
  run_id: text(
    'Text of `{run_id}`; by default the start of the run. An object of that name with the same content is taken as written by an earlier try.',
  ),
}

const sizes: JsonSchema = {
  max_object_bytes: whole(0, 'Begin a new object at about this many bytes, after compression. 0: no limit.', {
    default: 1 << 30,
  }),
  max_object_rows: whole(0, 'Begin a new object after this many rows. 0: no limit.', { default: 0 }),
  max_object_age: {
    type: 'number',
    minimum: 0,
    description:
      'Finish an object this many seconds after its first row: a state is printed only when all rows before it are in finished objects. 0: no limit.',
    default: 300,
  },
  max_batch_size: whole(1, 'Another name of `max_object_rows`, as crowemi/target-s3 has it.'),
  max_batch_age: {
    type: 'number',
    exclusiveMinimum: 0,
    description: 'Like `max_object_age` in minutes, as crowemi/target-s3 has it.',
  },
  compression: choice(['none', 'gzip', 'zstd'], '`zstd` needs Node 22.15, 23.8 or newer.', { default: 'none' }),
  compression_level: whole(1, '1–9 for gzip (1 by default), 1–19 for zstd (3 by default).', { maximum: 19 }),
}

const csv: JsonSchema = {
  dialect: choice(
    ['default', 'pipelinewise', 'redshift', 'snowflake_n', 'athena', 'mysql', 'excel'],
    'What the reader of the files is; the settings below change single points of it.',
    { default: 'default' },
  ),
  delimiter: text('One character of ASCII; `\\t` is a tab.'),
  quote: text('One character of ASCII.'),
  quotechar: text('Another name of `quote`, as pipelinewise has it.'),
  null: text('What stands for NULL, without quotes.'),
  header: yesNo('A line of column names at the start of each object.'),
  line_end: choice(['lf', 'crlf'], 'How lines end.'),
  boolean: text('The words for true and false.', { examples: ['true/false', '1/0'] }),
  datetime: text('Pattern of date-times, in UTC.', { examples: ['YYYY-MM-DD HH:MM:SS.ffffff'] }),
  binary: choice(['as_is', 'base64', 'hex'], 'How binary values are written; `as_is` as they came.'),
  bom: yesNo('A byte order mark at the start of each object.'),
  escape_formulas: yesNo("A `'` before texts that a spreadsheet would compute."),
}

const rows: JsonSchema = {
  flatten_depth: whole(
    0,
    'How many levels of nested objects become columns of their own; deeper ones are JSON text. By default all.',
  ),
  flatten_separator: text('Between the names of nested columns.', { default: '__', minLength: 1 }),
  add_metadata_columns: yesNo('Add the columns `_sdc_extracted_at`, `_sdc_received_at` and so on.', { default: false }),
  add_record_metadata: yesNo("Another name of `add_metadata_columns`, as targets of Meltano's SDK have it."),
  invalid_records: choice(
    ['stop', 'dead_letter'],
    'What a record that breaks its schema does: stop the run, or go to an NDJSON object in the folder `_invalid/`.',
    { default: 'stop' },
  ),
  extra_properties: choice(
    ['warn', 'stop', 'column'],
    'Properties that the schema lacks: leave out and count, stop, or keep as JSON text in the column `_extra`.',
    { default: 'warn' },
  ),
}

const access: JsonSchema = {
  aws_access_key_id: text('Access key. Without it: the environment, `aws_profile`, or the role of the machine.', {
    secret: true,
  }),
  aws_secret_access_key: text('Secret of the access key.', { secret: true }),
  aws_session_token: text('Session token of temporary keys.', { secret: true }),
  aws_profile: text('Profile of the AWS configuration files; used when no keys are given.'),
  aws_endpoint_url: text('URL of another service that speaks the protocol of S3.', {
    examples: ['https://minio.example.com:9000'],
  }),
  role_arn: text('Role to assume.', { examples: ['arn:aws:iam::123456789012:role/loader'] }),
  external_id: text('External id for `role_arn`.'),
  region: text('Region of the bucket. Without it: the environment, the profile, or where S3 redirects to.'),
  force_path_style: yesNo(
    '`https://host/bucket/key` instead of `https://bucket.host/key`. By default only with `aws_endpoint_url`.',
  ),
}

const objects: JsonSchema = {
  encryption_type: text('`none` or `kms`, as pipelinewise has it; `sse` says more.', {
    default: 'none',
    pattern: '^([nN][oO][nN][eE]|[kK][mM][sS])$',
  }),
  encryption_key: text('Id of the KMS key for `encryption_type`.'),
  sse: choice(
    ['none', 'AES256', 'aws:kms', 'aws:kms:dsse'],
    'Encryption on the server; without it what the bucket says.',
  ),
  kms_key_id: text('Id of the KMS key for `sse`.'),
  bucket_key: yesNo('Use an S3 bucket key for KMS.'),
  acl: choice(
    [
      'private',
      'public-read',
      'public-read-write',
      'authenticated-read',
      'aws-exec-read',
      'bucket-owner-read',
      'bucket-owner-full-control',
    ],
    'Canned ACL of each object; none is sent without it.',
  ),
  storage_class: text('Storage class of each object.', { examples: ['STANDARD_IA'] }),
  tags: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Tags of each object.',
    default: {},
    examples: [{ team: 'bi' }],
  },
  requester_pays: yesNo('Consent to pay in a bucket where the requester pays.', { default: false }),
  content_encoding: text('Content-Encoding of each object. Readers may then decompress on their own.', {
    examples: ['gzip'],
  }),
  if_none_match: choice(
    ['auto', 'on', 'off'],
    'Never replace an object by `If-None-Match: *`. `auto`: until the service says that it lacks it; `off`: look up the name beforehand.',
    { default: 'auto' },
  ),
  checksum: choice(
    ['auto', 'none', 'crc32', 'sha1', 'sha256'],
    'Checksum of each object and part. `auto`: crc32, none with `aws_endpoint_url`.',
    { default: 'auto' },
  ),
}

const memory: JsonSchema = {
  part_bytes: {
    ...whole(5 << 20, 'Size of the parts of an upload; an object has at most 10 000.', { default: 8 << 20 }),
    maximum: 1 << 30,
  },
  parts_in_flight: whole(1, 'How many parts and objects are sent at a time.', { default: 4, maximum: 64 }),
  memory_bytes: whole(
    16 << 20,
    'Memory for rows and parts; where many objects are open, the largest is finished early.',
    { default: 64 << 20 },
  ),
  temp_dir: text(
    'Accepted for compatibility with pipelinewise; has no effect, as nothing is written to temporary files.',
  ),
}

const cloudProvider: JsonSchema = {
  cloud_provider: {
    type: 'object',
    description: 'Where crowemi/target-s3 has its settings of S3.',
    properties: {
      cloud_provider_type: choice(['aws'], 'Accepted for compatibility with crowemi/target-s3.'),
      aws: {
        type: 'object',
        description: 'Other names of settings above.',
        properties: {
          aws_bucket: text('Another name of `s3_bucket`.'),
          aws_region: text('Another name of `region`.'),
          aws_profile_name: text('Another name of `aws_profile`.'),
          aws_endpoint_override: text('Another name of `aws_endpoint_url`.'),
          aws_access_key_id: text('Another name of `aws_access_key_id`.', { secret: true }),
          aws_secret_access_key: text('Another name of `aws_secret_access_key`.', { secret: true }),
          aws_session_token: text('Another name of `aws_session_token`.', { secret: true }),
        },
      },
    },
  },
}

export const settings: JsonSchema = {
  type: 'object',
  anyOf: ['s3_bucket', 'output_path', 'destination_path', 'cloud_provider'].map((key) => ({ required: [key] })),
  properties: { ...where, ...sizes, ...csv, ...rows, ...access, ...objects, ...memory, ...cloudProvider },
}
