import { readFileSync } from 'node:fs'
import type { SslOptions } from 'mysql2'
import { ConfigError } from '../singer/index.js'
import type { Config } from './config.js'

/** What mysql2 takes as `ssl`; undefined: not encrypted. A CA or a client certificate asks for TLS by itself. */
export function tlsOptions(config: Config): SslOptions | undefined {
  if (!config.ssl && !config.ssl_ca && !config.ssl_cert) return undefined
  return {
    ...pem('ca', config.ssl_ca),
    ...pem('cert', config.ssl_cert),
    ...pem('key', config.ssl_key),
    rejectUnauthorized: config.verify_mode,
    verifyIdentity: config.verify_mode && config.check_hostname,
  }
}

/** The name that the server's certificate must bear. Cloud SQL's `project:region:instance` stands there without region. */
export function certificateName(config: Config): string {
  const [project, , instance] = config.internal_hostname?.split(':') ?? []
  return instance === undefined ? (config.internal_hostname ?? config.host) : `${project}:${instance}`
}

function pem(option: 'ca' | 'cert' | 'key', value: string | undefined): SslOptions {
  if (!value) return {}
  if (value.includes('-----BEGIN')) return { [option]: value.replaceAll('\\n', '\n') }
  try {
    return { [option]: readFileSync(value, 'utf8') }
  } catch (cause) {
    throw new ConfigError(`setting ssl_${option}: cannot read the file ${value}; give a path or PEM text`, { cause })
  }
}
