import { expect } from 'chai'
import { ConfigError } from '../../singer/errors.js'
import { hasZstd } from '../../target-s3-csv/compression.js'
import { createNames } from '../../target-s3-csv/names.js'
import { type Plan, planOf } from '../../target-s3-csv/plan.js'
import type { S3StoreOptions } from '../../target-s3-csv/store-s3.js'
import { configOf } from './loading.js'

const start = new Date('2026-11-21T06:39:04Z')

async function plan(given: object): Promise<Plan> {
  return planOf(await configOf({ s3_bucket: 'b', ...given }), start)
}

async function s3(given: object): Promise<S3StoreOptions> {
  const { place } = await plan(given)
  return 's3' in place ? place.s3 : expect.fail('not in S3')
}

async function firstName(given: object): Promise<string> {
  return createNames((await plan(given)).naming)
    .of('users', [], start)
    .next()
}

/** The tests may run where keys are set. */
function withoutKeysInEnvironment() {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
  const saved = names.map((name) => [name, process.env[name]] as const)
  before(() => {
    for (const name of names) delete process.env[name]
  })
  after(() => {
    for (const [name, value] of saved) if (value !== undefined) process.env[name] = value
  })
}

describe('settings that contradict each other', () => {
  withoutKeysInEnvironment()
  const problems: [given: object, problem: RegExp][] = [
    [{ output_path: 'x' }, /^s3_bucket and output_path: only one of them/],
    [{ s3_bucket: undefined, cloud_provider: {} }, /^s3_bucket or output_path: one of them/],
    [{ compression: 'gzip', compression_level: 10 }, /^compression_level: gzip has the levels 1 to 9$/],
    [{ compression_level: 2 }, /^compression_level: needs compression$/],
    [{ naming_convention: '{when}.csv' }, /^naming_convention: unknown placeholder \{when\}/],
    [{ s3_key_prefix: '../' }, /^s3_key_prefix: must not contain the segment \.\.$/],
    [{ delimiter: 'ab' }, /delimiter/],
    [{ aws_access_key_id: 'id' }, /^aws_secret_access_key: missing beside aws_access_key_id$/],
    [{ aws_secret_access_key: 'secret' }, /^aws_access_key_id: missing beside aws_secret_access_key$/],
    [{ external_id: 'x' }, /^external_id: needs role_arn$/],
    [{ encryption_type: 'kms', sse: 'AES256' }, /^encryption_type kms and sse AES256 contradict/],
    [{ kms_key_id: 'k' }, /^kms_key_id: needs sse aws:kms$/],
    [{ bucket_key: true, sse: 'AES256' }, /^bucket_key: needs sse aws:kms$/],
    [{ max_object_bytes: 200e9 }, /^part_bytes: must be at least max_object_bytes \/ 10 000 = 20000000$/],
    [{ max_object_bytes: 6e12, part_bytes: 1e9, memory_bytes: 6e9 }, /^max_object_bytes: S3 takes at most/],
    [{ memory_bytes: 32 << 20 }, /^memory_bytes: must be at least \(parts_in_flight \+ 1\) × part_bytes = 41943040$/],
  ]
  for (const [given, problem] of problems) {
    it(`${JSON.stringify(given)}: ${problem}`, async () => {
      const found = await plan(given).catch((caught) => caught)
      expect(found).to.be.instanceOf(ConfigError)
      expect(found.message).to.match(problem)
    })
  }

  it('are all named at once', async () => {
    const given = {
      output_path: 'x',
      compression_level: 2,
      naming_convention: '{when}',
      external_id: 'x',
      delimiter: 'ab',
    }
    const found = await plan(given).catch((caught) => caught)
    expect(found.message.split('\n').length).to.be.at.least(4)
  })

  it('zstd is a problem of the settings where Node lacks it', async () => {
    const found = await plan({ compression: 'zstd' }).catch((caught) => caught)
    if (hasZstd) expect(found.compression.suffix).to.equal('.zst')
    else expect(found.message).to.match(/^compression: zstd needs Node 22\.15, 23\.8 or newer; this is Node /)
  })

  it('what concerns S3 alone does not matter in a folder', async () => {
    const given = { s3_bucket: undefined, output_path: 'x', aws_secret_access_key: 'x', memory_bytes: 32 << 20 }
    expect((await plan(given)).place).to.deep.equal({ folder: 'x' })
  })
})

describe('the settings of pipelinewise-target-s3-csv', () => {
  withoutKeysInEnvironment()

  it('s3_bucket alone is enough', async () => {
    const { place, naming, compression, invalidRecords } = await plan({})
    expect('s3' in place && place.s3.objects.bucket).to.equal('b')
    expect(naming.template).to.equal('{stream}-{timestamp}.csv')
    expect(compression.name).to.equal('none')
    expect(invalidRecords).to.equal('stop')
  })

  it('aws_access_key_id, aws_secret_access_key, aws_session_token are static keys', async () => {
    const given = { aws_access_key_id: 'id', aws_secret_access_key: 'secret', aws_session_token: 'token' }
    expect((await s3(given)).access.keys).to.deep.equal({ id: 'id', secret: 'secret', sessionToken: 'token' })
  })

  it('each key that is absent comes from the environment', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'env-id'
    process.env.AWS_SECRET_ACCESS_KEY = 'env-secret'
    try {
      const { access } = await s3({ aws_access_key_id: 'id', aws_profile: 'p' })
      expect(access.keys).to.deep.equal({ id: 'id', secret: 'env-secret', sessionToken: undefined })
    } finally {
      delete process.env.AWS_ACCESS_KEY_ID
      delete process.env.AWS_SECRET_ACCESS_KEY
    }
  })

  it('aws_profile is used without keys', async () => {
    const { access } = await s3({ aws_profile: 'p' })
    expect(access.keys).to.equal(undefined)
    expect(access.profile).to.equal('p')
  })

  it('aws_endpoint_url makes requests of path style', async () => {
    const { access } = await s3({ aws_endpoint_url: 'http://localhost:9000' })
    expect(access).to.include({ endpoint: 'http://localhost:9000', forcePathStyle: true })
    expect((await s3({})).access.forcePathStyle).to.equal(false)
  })

  it('s3_key_prefix and naming_convention make the name', async () => {
    expect(await firstName({})).to.equal('users-20261121T063904.csv')
    expect(await firstName({ s3_key_prefix: 'a/b/' })).to.equal('a/b/users-20261121T063904.csv')
    const given = { s3_key_prefix: 'p_', naming_convention: 'folder1/my-{date}.csv', compression: 'gzip' }
    expect(await firstName(given)).to.equal('folder1/p_my-2026-11-21.csv.gz')
  })

  it('delimiter and quotechar go into the dialect', async () => {
    const { dialect } = await plan({ delimiter: ';', quotechar: "'" })
    expect([dialect.delimiter, dialect.quote]).to.deep.equal([...Buffer.from(";'")])
  })

  it('add_metadata_columns', async () => {
    expect((await plan({})).metadataColumns).to.equal(false)
    expect((await plan({ add_metadata_columns: true })).metadataColumns).to.equal(true)
  })

  const encryptions: [given: object, encryption: object | undefined][] = [
    [{}, undefined],
    [{ encryption_type: 'none' }, undefined],
    [{ encryption_type: 'NONE', encryption_key: 'k' }, undefined],
    [{ encryption_type: 'kms' }, { algorithm: 'aws:kms' }],
    [
      { encryption_type: 'KMS', encryption_key: 'k' },
      { algorithm: 'aws:kms', keyId: 'k' },
    ],
    [{ sse: 'AES256' }, { algorithm: 'AES256' }],
    [
      { sse: 'aws:kms', kms_key_id: 'k', bucket_key: true },
      { algorithm: 'aws:kms', keyId: 'k', bucketKey: true },
    ],
  ]
  for (const [given, encryption] of encryptions) {
    it(`encryption ${JSON.stringify(given)}`, async () => {
      expect((await s3(given)).objects.encryption).to.deep.equal(encryption)
    })
  }

  it('an encryption_type that there is not is refused', async () => {
    expect((await configOf({ s3_bucket: 'b', encryption_type: 'aes' }).catch((caught) => caught)).message).to.match(
      /encryption_type/,
    )
  })

  it('temp_dir is accepted and said to have no effect', async () => {
    expect((await plan({ temp_dir: '/x' })).unused).to.deep.equal(['temp_dir'])
  })
})

describe('other names of settings', () => {
  withoutKeysInEnvironment()

  it('destination_path of singer-io/target-csv', async () => {
    expect((await plan({ s3_bucket: undefined, destination_path: 'd' })).place).to.deep.equal({ folder: 'd' })
  })

  it('max_batch_size and max_batch_age, in minutes, of crowemi/target-s3', async () => {
    const { limits } = await plan({ max_batch_size: 7, max_batch_age: 0.5 })
    expect([limits.rows, limits.ageMs]).to.deep.equal([7, 30_000])
  })

  it('add_record_metadata of the SDK', async () => {
    expect((await plan({ add_record_metadata: true })).metadataColumns).to.equal(true)
  })

  it('cloud_provider.aws of crowemi/target-s3', async () => {
    const aws = {
      aws_bucket: 'c',
      aws_region: 'eu-west-1',
      aws_endpoint_override: 'http://localhost:1',
      aws_access_key_id: 'id',
      aws_secret_access_key: 'secret',
      aws_session_token: 'token',
      aws_profile_name: 'p',
    }
    const { objects, access } = await s3({ s3_bucket: undefined, cloud_provider: { cloud_provider_type: 'aws', aws } })
    expect(objects.bucket).to.equal('c')
    expect(access).to.deep.include({
      region: 'eu-west-1',
      endpoint: 'http://localhost:1',
      profile: 'p',
      keys: { id: 'id', secret: 'secret', sessionToken: 'token' },
    })
  })

  it('count where the setting itself is not given', async () => {
    const given = { cloud_provider: { aws: { aws_bucket: 'c' } }, quotechar: "'", quote: '"', max_object_rows: 3 }
    const { dialect, limits, place } = await plan({ ...given, max_batch_size: 7 })
    expect('s3' in place && place.s3.objects.bucket).to.equal('b')
    expect(dialect.quote).to.equal('"'.charCodeAt(0))
    expect(limits.rows).to.equal(3)
  })
})

describe('checksums', () => {
  const cases: [given: object, name: string | undefined][] = [
    [{}, 'CRC32'],
    [{ aws_endpoint_url: 'http://localhost:1' }, undefined],
    [{ aws_endpoint_url: 'http://localhost:1', checksum: 'crc32' }, 'CRC32'],
    [{ checksum: 'sha256' }, 'SHA256'],
    [{ checksum: 'none' }, undefined],
  ]
  for (const [given, name] of cases) {
    it(`${JSON.stringify(given)}: ${name ?? 'none'}`, async () => {
      expect((await s3(given)).objects.checksum?.name).to.equal(name)
    })
  }
})
