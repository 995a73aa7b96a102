import { readFileSync } from 'node:fs'
import type { MongoClientOptions } from 'mongodb'
import { ConfigError } from '../../singer/index.js'
import type { Config } from '../config.js'

/** An authority or a client certificate asks for TLS by itself. */
export function tlsOptions({ tls, tls_ca, tls_cert, verify_mode }: Config): MongoClientOptions {
  const ca = pem('tls_ca', tls_ca)
  const cert = pem('tls_cert', tls_cert)
  const isTls = tls ?? (ca !== undefined || cert !== undefined ? true : undefined)
  return {
    ...(isTls !== undefined && { tls: isTls }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert, key: cert }),
    ...(!verify_mode && { tlsAllowInvalidCertificates: true }),
  }
}

function pem(setting: string, value: string | undefined): string | undefined {
  if (!value) return undefined
  if (value.includes('-----BEGIN')) return value.replaceAll('\\n', '\n')
  try {
    return readFileSync(value, 'utf8')
  } catch (cause) {
    throw new ConfigError(`setting ${setting}: cannot read the file ${value}; give a path or PEM text`, { cause })
  }
}
