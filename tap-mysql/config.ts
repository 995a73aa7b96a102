import type { JsonSchema } from '../singer/schema.js'

/** The settings after their check: defaults are filled in, texts like "3306" and "true" are numbers and booleans. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database?: string
  readonly filter_dbs?: string
  readonly filter_schemas?: string
  readonly session_sqls: readonly string[]
  readonly ssl: boolean
  readonly ssl_ca?: string
  readonly ssl_cert?: string
  readonly ssl_key?: string
  readonly check_hostname: boolean
  readonly verify_mode: boolean
  readonly internal_hostname?: string
  readonly incremental_limit?: number
  readonly start_date?: string
  readonly lookback: number
  readonly decimal: 'number' | 'string'
  readonly tinyint1: 'integer' | 'boolean'
  readonly binary: 'base64' | 'hex'
}

const compatible = 'Accepted for compatibility with the Python taps; has no effect.'

export const settings: JsonSchema = {
  type: 'object',
  required: ['host', 'user'],
  properties: {
    host: { type: 'string', description: 'Host name or address of the server.', examples: ['db.example.com'] },
    port: { type: 'integer', description: 'TCP port.', default: 3306, minimum: 1, maximum: 65535 },
    user: { type: 'string', description: 'A user with SELECT on the tables to read.', examples: ['singer'] },
    password: { type: 'string', description: 'The password of `user`.', default: '', secret: true },
    database: {
      type: 'string',
      description: 'Default database of the connection; the only one discovered unless `filter_dbs` says otherwise.',
      examples: ['shop'],
    },
    filter_dbs: {
      type: 'string',
      description: 'Databases to discover, separated by commas. Default: all but the system databases.',
      examples: ['shop,crm'],
    },
    filter_schemas: { type: 'string', description: 'Another name of `filter_dbs`.' },
    session_sqls: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Statements for each new connection, such as `SET SESSION`. Character set, time zone (UTC) and sql_mode are set afterwards.',
      default: [],
      examples: [['SET SESSION net_write_timeout=3600']],
    },
    ssl: { type: 'boolean', description: 'Encrypt the connection. Also on when `ssl_ca` is given.', default: false },
    ssl_ca: { type: 'string', description: 'Certificates of the authorities to trust: a path or PEM text.' },
    ssl_cert: { type: 'string', description: 'The client certificate: a path or PEM text.' },
    ssl_key: { type: 'string', description: "The client certificate's key: a path or PEM text.", secret: true },
    verify_mode: { type: 'boolean', description: "Verify the server's certificate.", default: true },
    check_hostname: {
      type: 'boolean',
      description: "Verify that the server's certificate names the host.",
      default: true,
    },
    internal_hostname: {
      type: 'string',
      description: "The name in the server's certificate where it differs from `host` (Google Cloud SQL).",
      examples: ['project:region:instance'],
    },
    start_date: {
      type: 'string',
      format: 'date-time',
      description:
        'INCREMENTAL streams begin at this value of a date or time key, or at their bookmark where that is later.',
      examples: ['2026-01-01T00:00:00Z'],
    },
    lookback: {
      type: 'number',
      description:
        'INCREMENTAL streams read again what lies this far below the bookmark: seconds of a date or time key, a difference of a numeric key. For rows that are committed late.',
      default: 0,
      minimum: 0,
    },
    incremental_limit: {
      type: 'integer',
      description: 'INCREMENTAL streams read this many rows per query. Default: all in one query.',
      minimum: 1,
    },
    decimal: {
      type: 'string',
      enum: ['number', 'string'],
      description: 'DECIMAL as a JSON number with all its digits, or as a string with `format: singer.decimal`.',
      default: 'number',
    },
    tinyint1: {
      type: 'string',
      enum: ['integer', 'boolean'],
      description: 'TINYINT(1) as an integer, or as a boolean that is true for all but 0.',
      default: 'integer',
    },
    binary: {
      type: 'string',
      enum: ['base64', 'hex'],
      description: 'Text form of BINARY, VARBINARY, BLOB and spatial values.',
      default: 'base64',
    },
    engine: { type: 'string', description: `mysql or mariadb; the server is asked instead. ${compatible}` },
    cursorclass: { type: 'string', description: compatible },
    server_id: { type: 'integer', description: `Belongs to LOG_BASED. ${compatible}` },
    use_gtid: { type: 'boolean', description: `Belongs to LOG_BASED. ${compatible}` },
  },
}
