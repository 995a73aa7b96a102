import { createHash } from 'node:crypto'
import { ConfigError } from '../../singer/index.js'
import type { HttpRequest } from '../http/http.js'
import { encodeBody } from '../http/request-body.js'
import type { AwsPlan } from '../settings/plan.js'
import type { Auth, AuthParts } from './auth.js'

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Signature Version 4 in the headers: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function awsAuth(plan: AwsPlan, { context, clock = Date.now }: AuthParts): Auth {
  const keys = keysOf(plan)
  context.log.redact([keys.secretAccessKey, ...(keys.sessionToken === undefined ? [] : [keys.sessionToken])])
  return {
    async authorize(request) {
      const datetime = new Date(clock()).toISOString().replace(/[:-]|\.\d{3}/g, '')
      return { request: await signed(request, { ...plan, ...keys, datetime }), generation: 0 }
    },
    renew: async () => false,
  }
}

/** A session token belongs to its keys: never one from the environment beside keys of the settings. */
function keysOf({ accessKeyId, secretAccessKey, sessionToken }: AwsPlan): Keys {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = process.env
  const keys = accessKeyId || secretAccessKey ? [accessKeyId, secretAccessKey, sessionToken] : [id, secret, session]
  const [key, secretKey, token] = keys
  if (key && secretKey) return { accessKeyId: key, secretAccessKey: secretKey, ...(token && { sessionToken: token }) }
  throw new ConfigError(
    'auth.aws: set access_key_id and secret_access_key, or the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  )
}

/** Only what AWS wants signed is: other headers may change on the way. */
async function signed(request: HttpRequest, options: AwsPlan & Keys & { datetime: string }): Promise<HttpRequest> {
  const { AwsV4Signer } = await import('aws4fetch')
  const body = request.body && encodeBody(request.body)
  const headers: Record<string, string> = { ...(body && { 'content-type': body.contentType }), ...request.headers }
  const text = body?.text ?? ''
  if (options.service === 's3') headers['x-amz-content-sha256'] ??= createHash('sha256').update(text).digest('hex')
  const isSigned = ([name]: readonly [string, string]) => name === 'content-type' || name.startsWith('x-amz-')
  const url = withPlainSpaces(request.url)
  const signer = new AwsV4Signer({
    ...options,
    method: request.method,
    url: url.href,
    headers: Object.fromEntries(Object.entries(headers).filter(isSigned)),
    body: text,
    allHeaders: true,
  })
  const { headers: added } = await signer.sign()
  return { ...request, url, headers: { ...headers, ...Object.fromEntries(added) } }
}

/** A `+` of the query is a space for us and a plus for AWS. */
function withPlainSpaces(given: URL): URL {
  const url = new URL(given)
  url.search = url.search.replaceAll('+', '%20')
  return url
}
