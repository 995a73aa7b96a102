import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { connectS3, type S3Access } from '../../target-s3-csv/s3-client.js'
import { usualPatience } from '../../target-s3-csv/s3-silence.js'
import { withFolder } from '../support/bins.js'

const plain: S3Access = {
  region: undefined,
  endpoint: undefined,
  forcePathStyle: false,
  keys: undefined,
  profile: undefined,
  role: undefined,
  connections: 4,
  patience: usualPatience,
}
const nobody = { id: 'KEYOFTEST', secret: 'secret', sessionToken: undefined }

/** The environment with these variables and no other one of AWS. */
async function withEnvironment<T>(variables: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const saved = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_'))
  const clear = () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
  }
  clear()
  Object.assign(process.env, { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere', ...variables })
  try {
    return await work()
  } finally {
    clear()
    Object.assign(process.env, Object.fromEntries(saved))
  }
}

async function regionOf(access: Partial<S3Access>): Promise<string> {
  const { client } = await connectS3({ ...plain, ...access })
  try {
    return await client.config.region()
  } finally {
    client.destroy()
  }
}

async function credentialsOf(access: Partial<S3Access>) {
  const { client } = await connectS3({ ...plain, ...access })
  try {
    return await client.config.credentials()
  } finally {
    client.destroy()
  }
}

describe('access to S3', () => {
  const regions: [title: string, access: Partial<S3Access>, variables: Record<string, string>, region: string][] = [
    ['of the settings', { region: 'eu-west-1' }, { AWS_REGION: 'eu-west-2' }, 'eu-west-1'],
    ['of AWS_REGION', {}, { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-2'],
    ['of AWS_DEFAULT_REGION, as Python has it', {}, { AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-3'],
    ['us-east-1, from where S3 redirects', {}, {}, 'us-east-1'],
    ['us-east-1 at another endpoint, too', { endpoint: 'http://localhost:1' }, {}, 'us-east-1'],
  ]
  for (const [title, access, variables, region] of regions) {
    it(`uses the region ${title}`, () =>
      withEnvironment(variables, async () => {
        expect(await regionOf({ keys: nobody, ...access })).to.equal(region)
      }))
  }

  it('uses static keys', () =>
    withEnvironment({}, async () => {
      const found = await credentialsOf({ keys: { id: 'a', secret: 'b', sessionToken: 'c' } })
      expect(found).to.include({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' })
    }))

  it('uses a profile, with its region', () =>
    withFolder(async (folder) => {
      await writeFile(`${folder}/credentials`, '[loader]\naws_access_key_id=P\naws_secret_access_key=S\n')
      await writeFile(`${folder}/config`, '[profile loader]\nregion=eu-north-1\n')
      const files = { AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`, AWS_CONFIG_FILE: `${folder}/config` }
      await withEnvironment(files, async () => {
        expect(await credentialsOf({ profile: 'loader' })).to.include({ accessKeyId: 'P', secretAccessKey: 'S' })
        expect(await regionOf({ profile: 'loader' })).to.equal('eu-north-1')
      })
    }))

  it('assumes a role with its external id, by the keys that are given', async () => {
    const asked: { body: string; authorization: string }[] = []
    const sts = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push({ body, authorization: String(request.headers.authorization) })
        response.end(assumed)
      })
    })
    sts.listen(0, '127.0.0.1')
    await once(sts, 'listening')
    const address = sts.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      await withEnvironment({ AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` }, async () => {
        const role = { arn: 'arn:aws:iam::123456789012:role/loader', externalId: 'ext-1' }
        const found = await credentialsOf({ keys: nobody, role, region: 'eu-west-1' })
        expect(found).to.include({ accessKeyId: 'ASSUMED', secretAccessKey: 'S', sessionToken: 'T' })
      })
    } finally {
      sts.closeAllConnections()
      sts.close()
    }
    const form = new URLSearchParams(asked[0]?.body)
    expect(form.get('RoleArn')).to.equal('arn:aws:iam::123456789012:role/loader')
    expect(form.get('ExternalId')).to.equal('ext-1')
    expect(asked[0]?.authorization).to.include('Credential=KEYOFTEST/').and.to.include('/eu-west-1/sts/')
  })
})

const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
