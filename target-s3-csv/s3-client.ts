import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { Patience } from './s3-silence.js'

/** How to reach S3 and as whom. What is absent comes from the environment, the profile or the machine's role. */
export interface S3Access {
  readonly region: string | undefined
  readonly endpoint: string | undefined
  readonly forcePathStyle: boolean
  readonly keys: { readonly id: string; readonly secret: string; readonly sessionToken: string | undefined } | undefined
  readonly profile: string | undefined
  readonly role: { readonly arn: string; readonly externalId: string | undefined } | undefined
  /** How many requests may be under way at a time. */
  readonly connections: number
  readonly patience: Patience
}

export type S3Sdk = typeof import('@aws-sdk/client-s3')

/** The SDK is imported here, so that nobody else pays for it. */
export async function connectS3(access: S3Access): Promise<{ sdk: S3Sdk; client: S3Client }> {
  // What the SDK says of its future Node versions concerns its next update, not the user of this one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const sdk = await import('@aws-sdk/client-s3')
  const config = await clientConfig(access)
  const client = new sdk.S3Client(config)
  if (await hasRegion(client)) return { sdk, client }
  client.destroy()
  const region = process.env.AWS_DEFAULT_REGION ?? 'us-east-1'
  return { sdk, client: new sdk.S3Client({ ...config, region }) }
}

async function clientConfig(access: S3Access): Promise<S3ClientConfig> {
  const agent = { keepAlive: true, maxSockets: access.connections }
  return {
    ...(access.region !== undefined && { region: access.region }),
    ...(access.endpoint !== undefined && { endpoint: access.endpoint }),
    // Many other stores refuse checksums that nobody asked for: https://github.com/aws/aws-sdk-js-v3/issues/6810
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: access.forcePathStyle,
    followRegionRedirects: true,
    maxAttempts: 7,
    ...(await credentials(access)),
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: access.patience.silenceMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  }
}

async function credentials({ keys, profile, role, region }: S3Access): Promise<S3ClientConfig> {
  const own: S3ClientConfig = keys
    ? {
        credentials: {
          accessKeyId: keys.id,
          secretAccessKey: keys.secret,
          ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
        },
      }
    : profile !== undefined
      ? { profile }
      : {}
  if (!role) return own
  const { fromTemporaryCredentials, fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  const masterCredentials = own.credentials ?? fromNodeProviderChain(profile === undefined ? {} : { profile })
  return {
    credentials: fromTemporaryCredentials({
      masterCredentials,
      params: {
        RoleArn: role.arn,
        RoleSessionName: 'target-s3-csv',
        ...(role.externalId !== undefined && { ExternalId: role.externalId }),
      },
      ...(region !== undefined && { clientConfig: { region } }),
    }),
  }
}

async function hasRegion(client: S3Client): Promise<boolean> {
  try {
    return Boolean(await client.config.region())
  } catch {
    return false
  }
}
