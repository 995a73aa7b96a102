import { TargetError } from '../singer/errors.js'

/** What to do about the codes that users meet. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const advice: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist: check s3_bucket, aws_endpoint_url and region',
  AccessDenied: 'not allowed: grant s3:PutObject and s3:AbortMultipartUpload on the bucket (and its KMS key)',
  InvalidAccessKeyId: 'the access key is unknown there: check aws_access_key_id and aws_endpoint_url',
  SignatureDoesNotMatch: 'the secret key is not that of the access key: check aws_secret_access_key',
  ExpiredToken: 'the session token has expired: renew it, or use a role or profile that renews itself',
  InvalidToken: 'the session token is not valid: check aws_session_token',
  RequestTimeTooSkewed: "this machine's clock is wrong: set it",
  PermanentRedirect: 'the bucket is in another region: set region',
  AuthorizationHeaderMalformed: 'the bucket is in another region: set region',
  IllegalLocationConstraintException: 'the bucket is in another region: set region',
  CredentialsProviderError: 'no credentials: set aws_access_key_id and aws_secret_access_key, aws_profile, or a role',
  AccessControlListNotSupported: 'the bucket takes no ACLs: remove acl',
  InvalidStorageClass: 'the storage class is unknown there: change storage_class',
  SlowDown: 'the service asked to slow down for too long: run again later',
  ServiceUnavailable: 'the service is not available: run again later',
  InternalError: 'the service failed: run again',
  NoSuchUpload: 'somebody else ended the upload: run again; look for lifecycle rules that end uploads early',
  NotImplemented: 'the service lacks this function: if it is the condition, set if_none_match to off',
  ENOTFOUND: 'the host name is unknown: check aws_endpoint_url, s3_bucket and force_path_style',
  EPROTO: 'no TLS there, or another version of it: check whether aws_endpoint_url begins with https or http',
  ERR_INVALID_URL: 'aws_endpoint_url is no URL: begin it with https:// or http://',
  ECONNREFUSED: 'nothing listens there: check aws_endpoint_url',
  SilenceError: 'no answer in time: check aws_endpoint_url and the network, then run again',
  TimeoutError: 'no answer in time: check the network, then run again',
}

/** `doing`: what, to which object. The service's own words follow; they hold no secret. */
export function s3Problem(doing: string, cause: unknown): TargetError {
  if (cause instanceof TargetError) return cause
  const code = s3Code(cause)
  const words = (cause instanceof Error ? cause.message : String(cause)).trim().replaceAll(/\s+/g, ' ')
  const said = words && words !== code ? `${code}: ${words}` : code
  return new TargetError(`${doing}: ${advice[code] ?? 'S3 refused; run again from the last state'} (${said})`, {
    cause,
  })
}

/** S3's code, or the system's when there was no answer. */
export function s3Code(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem)
  return 'code' in problem && typeof problem.code === 'string' ? problem.code : problem.name
}

export function s3Status(problem: unknown): number | undefined {
  return metadata(problem)?.httpStatusCode
}

/** Whether an earlier try of this request may have been carried out, although its answer was lost. */
export function wasRepeated(problem: unknown): boolean {
  return (metadata(problem)?.attempts ?? 1) > 1
}

function metadata(problem: unknown): { httpStatusCode?: number; attempts?: number } | undefined {
  if (!(problem instanceof Error) || !('$metadata' in problem)) return undefined
  const found = problem.$metadata
  return typeof found === 'object' && found !== null ? found : undefined
}
