import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readConfig, type SettingsSource } from '../../singer/config.js'
import { ConfigError } from '../../singer/errors.js'
import { type Json, parseJson } from '../../singer/json.js'
import type { JsonSchema } from '../../singer/schema.js'
import { withFolder } from '../support/bins.js'
import { recordedLog } from './recorded-log.js'

const settings: JsonSchema = {
  type: 'object',
  required: ['host'],
  properties: {
    host: { type: 'string', minLength: 1 },
    port: { type: 'integer', minimum: 1, maximum: 65535, default: 3306 },
    ratio: { type: 'number' },
    ssl: { type: 'boolean', default: false },
    ssl_mode: { type: ['boolean', 'string'] },
    password: { type: 'string', secret: true },
    tables: { type: 'array', items: { type: 'string' } },
    ports: { type: 'array', items: { type: 'integer' } },
    decimal: { enum: ['number', 'string'], default: 'number' },
    start: { type: 'string', format: 'date-time', discovery: false },
    anything: {},
    retry: { anyOf: [{ type: 'boolean' }, { type: 'integer' }] },
    aws: {
      type: 'object',
      properties: {
        region: { type: 'string', default: 'eu-west-1' },
        key: { type: 'string', secret: true },
        deep: { type: 'object', properties: { n: { type: 'integer' } } },
      },
    },
    tags: { type: 'object', additionalProperties: { type: 'string' } },
  },
}

async function read(text: string, more: Partial<SettingsSource> = {}) {
  return withFolder(async (folder) => {
    const path = join(folder, 'settings.json')
    await writeFile(path, text)
    const log = recordedLog()
    const source = { name: 'tap-x', settings, files: [path], ...more }
    const outcome = await readConfig(source, log).catch((problem) => {
      expect(problem).to.be.instanceOf(ConfigError)
      return String(problem.message).replaceAll(path, 'FILE').split('\n')
    })
    return { outcome, lines: log.lines }
  })
}

describe('settings', () => {
  describe('are read as the type that the schema wants', () => {
    const rows: [setting: string, given: string, expected: Json][] = [
      ['port', '"3307"', 3307],
      ['port', '" 3307 "', 3307],
      ['port', '3307', 3307],
      ['ratio', '"1.5e3"', 1500],
      ['ratio', '"-.5"', -0.5],
      ['ratio', '1.50', 1.5],
      ['ssl', '"true"', true],
      ['ssl', '"TRUE"', true],
      ['ssl', '"yes"', true],
      ['ssl', '"on"', true],
      ['ssl', '"1"', true],
      ['ssl', '1', true],
      ['ssl', '0', false],
      ['ssl', '"off"', false],
      ['ssl', '"No"', false],
      ['ssl_mode', '"true"', 'true'],
      ['host', '12345678901234567890', '12345678901234567890'],
      ['password', '1234', '1234'],
      ['password', 'true', 'true'],
      ['password', '""', ''],
      ['tables', '"a,b"', ['a', 'b']],
      ['tables', '" a , b "', ['a', 'b']],
      ['tables', '"[\\"a,b\\"]"', ['a,b']],
      ['tables', '[1, "b"]', ['1', 'b']],
      ['ports', '"[1, \\"2\\"]"', [1, 2]],
      ['ports', '["1", 2]', [1, 2]],
      ['aws', '"{\\"deep\\": {\\"n\\": \\"5\\"}}"', { region: 'eu-west-1', deep: { n: 5 } }],
      ['aws', '{"key": null, "deep": {"n": null}}', { region: 'eu-west-1', deep: {} }],
      ['tags', '{"a": 1, "__proto__": "x"}', parseJson('{"a": "1", "__proto__": "x"}')],
      ['anything', '{"a": [1.10]}', { a: [1.1] }],
    ]
    for (const [setting, given, expected] of rows) {
      it(`${setting}: ${given}`, async () => {
        const { outcome } = await read(
          `{${setting === 'host' ? '' : '"host": "h", '}${JSON.stringify(setting)}: ${given}}`,
        )
        expect(outcome).to.have.deep.property(setting, expected)
      })
    }
  })

  describe('that are wrong are told in words', () => {
    const rows: [given: string, ...problems: string[]][] = [
      ['{}', 'host: is required'],
      ['{"host": null}', 'host: is required'],
      ['{"host": ""}', 'host: must not be empty'],
      ['{"host": "h", "port": "33o6"}', 'port: must be an integer, got a string that is none'],
      ['{"host": "h", "port": "1.5"}', 'port: must be an integer, got a string that is none'],
      ['{"host": "h", "port": [1]}', 'port: must be an integer, got an array'],
      ['{"host": "h", "port": "70000"}', 'port: must be at most 65535'],
      ['{"host": "h", "port": 0}', 'port: must be at least 1'],
      ['{"host": "h", "ssl": "maybe"}', 'ssl: must be a boolean, got a string that is none'],
      ['{"host": "h", "ssl": 2}', 'ssl: must be a boolean, got a number'],
      ['{"host": "h", "ssl_mode": {}}', 'ssl_mode: must be a boolean or a string, got an object'],
      ['{"host": "h", "ports": "1,2"}', 'ports: must be an array, got a string that is none'],
      ['{"host": "h", "ports": [1, "x"]}', 'ports.1: must be an integer, got a string that is none'],
      ['{"host": "h", "decimal": "text"}', 'decimal: must be one of "number", "string"'],
      ['{"host": "h", "start": "yesterday"}', 'start: must be a date-time'],
      ['{"host": "h", "retry": []}', 'retry: has none of the forms that are known'],
      ['{"host": "h", "aws": {"deep": {"n": "x"}}}', 'aws.deep.n: must be an integer, got a string that is none'],
      [
        '{"port": "x", "ssl": "x"}',
        'host: is required',
        'port: must be an integer, got a string that is none',
        'ssl: must be a boolean, got a string that is none',
      ],
      ['', 'read the settings FILE: the file is empty, JSON is wanted'],
      ['[]', 'read the settings FILE: a JSON object is wanted'],
      ['{"host": hunter2}', 'read the settings FILE: no JSON'],
      ['{"host": "hunter2",\n\n}', 'read the settings FILE: no JSON at line 3'],
      [
        '{"host": "h",\n"tags": {"a": [{"b": 1}, {"b": ":"}], "c": "x",\n "\\u0061" : "hunter2"}}',
        'read the settings FILE: a key stands twice at line 3',
      ],
      ['{"host": "hunter2"', 'read the settings FILE: no JSON: it ends too early'],
    ]
    for (const [given, ...problems] of rows) {
      it(`${given} — ${problems.join('; ')}`, async () => {
        const { outcome, lines } = await read(given)
        expect(outcome).to.have.members(problems)
        expect(`${outcome}${lines}`).to.not.include('hunter2')
      })
    }

    const rules: JsonSchema = {
      type: 'object',
      properties: { s3_bucket: { type: 'string' }, output_path: { type: 'string' }, key: {}, id: {} },
      oneOf: [{ required: ['s3_bucket'] }, { required: ['output_path'] }],
      not: { required: ['key', 'id'] },
      dependencies: { id: ['s3_bucket'] },
    }
    const ruleRows: [given: string, problem: string][] = [
      ['{}', 'exactly one of s3_bucket and output_path is required, none is given'],
      [
        '{"s3_bucket": "b", "output_path": "p"}',
        'exactly one of s3_bucket and output_path is required, more than one is given',
      ],
      ['{"s3_bucket": "b", "key": 1, "id": 2}', 'key and id exclude each other'],
      ['{"output_path": "p", "id": 1}', 'settings: id needs s3_bucket, too'],
    ]
    for (const [given, problem] of ruleRows) {
      it(`${given} — ${problem}`, async () => {
        expect((await read(given, { settings: rules })).outcome).to.deep.equal([problem])
      })
    }

    it('a file that is missing, or a folder', async () => {
      const missing = await read('', { files: ['/no/such/file.json'] })
      expect(missing.outcome).to.deep.equal(['read the settings /no/such/file.json: there is no such file'])
      expect((await read('', { files: ['/'] })).outcome).to.deep.equal(['read the settings /: this is a folder'])
    })

    it('no file at all: the flag is named', async () => {
      expect((await read('', { files: [] })).outcome).to.deep.equal([
        'no --config given: a JSON or YAML file, or ENV for variables like TAP_X_HOST',
      ])
    })
  })

  it('have their defaults, at every depth', async () => {
    expect((await read('{"host": "h", "aws": {}}')).outcome).to.deep.equal({
      host: 'h',
      port: 3306,
      ssl: false,
      decimal: 'number',
      aws: { region: 'eu-west-1' },
    })
  })

  it('may be written with dots', async () => {
    const { outcome } = await read('{"host": "h", "aws.deep.n": "7", "aws.key": "k", "tags.team": "x"}')
    expect(outcome).to.deep.include({ aws: { region: 'eu-west-1', key: 'k', deep: { n: 7 } }, tags: { team: 'x' } })
  })

  it('that are unknown are named once each, and gone', async () => {
    const { outcome, lines } = await read('{"host": "h", "hots": "secret-1", "tap_id": 1, "aws": {"regoin": 1}}')
    expect(outcome).to.not.have.any.keys('hots', 'tap_id')
    expect(lines).to.deep.equal([
      'WARNING a setting is not known and has no effect setting=hots',
      'WARNING a setting is not known and has no effect setting=tap_id',
      'WARNING a setting is not known and has no effect setting=aws.regoin',
    ])
  })

  it('that only a sync needs may be absent or wrong in a discovery', async () => {
    const needy = { ...settings, required: ['host', 'start'] }
    expect((await read('{"host": "h"}', { settings: needy })).outcome).to.deep.equal(['start: is required'])
    for (const given of ['{"host": "h"}', '{"host": "h", "start": 5}']) {
      const { outcome } = await read(given, { settings: needy, isDiscovery: true })
      expect(outcome).to.include({ host: 'h', port: 3306 })
    }
  })

  it('of a later file win, each setting by itself', async () => {
    await withFolder(async (folder) => {
      const files = ['a', 'b'].map((name) => join(folder, name))
      await writeFile(files[0] ?? '', '{"host": "a", "port": 1, "aws": {"region": "a"}}')
      await writeFile(files[1] ?? '', '\uFEFF{"host": "b", "aws": {"key": "b"}}')
      expect((await read('', { files })).outcome).to.deep.include({ host: 'b', port: 1 })
    })
  })

  describe('of the environment', () => {
    const env = {
      TAP_X_HOST: 'from-env',
      TAP_X_PORT: '3399',
      TAP_X_TABLES: '["a"]',
      TAP_X_AWS_DEEP_N: '4',
      TAP_X_SSL: '',
    }
    beforeEach(() => Object.assign(process.env, env))
    afterEach(() => {
      for (const name of Object.keys(env)) delete process.env[name]
    })

    it('count when ENV is given, and win over the files', async () => {
      const { outcome } = await withFolder(async (folder) => {
        const path = join(folder, 'settings.json')
        await writeFile(path, '{"host": "from-file", "ratio": 2}')
        return read('', { files: ['ENV', path] })
      })
      expect(outcome).to.deep.equal({
        host: 'from-env',
        port: 3399,
        ratio: 2,
        tables: ['a'],
        aws: { region: 'eu-west-1', deep: { n: 4 } },
        ssl: false,
        decimal: 'number',
      })
    })

    it('do not count otherwise', async () => {
      expect((await read('{"host": "h"}')).outcome).to.include({ host: 'h', port: 3306 })
    })

    it('come also from a .env above; the real environment wins', async () => {
      const folder = process.cwd()
      const { outcome } = await withFolder(async (temporary) => {
        await writeFile(
          join(temporary, '.env'),
          'TAP_X_HOST=from-dotenv\nTAP_X_RATIO="2.5" # half\nexport TAP_X_SSL=true\n',
        )
        await mkdir(join(temporary, 'a/b'), { recursive: true })
        process.chdir(join(temporary, 'a/b'))
        try {
          return await read('', { files: ['ENV'] })
        } finally {
          process.chdir(folder)
        }
      })
      expect(outcome).to.include({ host: 'from-env', ratio: 2.5 })
    })
  })

  it('that are secret are redacted in every spelling, also those that are wrong', async () => {
    const secret = 'p@ss/w"ö 1'
    await withFolder(async (folder) => {
      const path = join(folder, 'settings.json')
      await writeFile(path, JSON.stringify({ host: 'h', password: { inner: secret }, aws: { key: 'AKIA77' } }))
      const log = recordedLog()
      await readConfig({ name: 'tap-x', settings, files: [path] }, log).catch(() => undefined)
      const base64 = Buffer.from(secret).toString('base64')
      const spellings = [
        secret,
        encodeURIComponent(secret),
        base64,
        base64.replace('=', ''),
        JSON.stringify(secret),
        'AKIA77',
      ]
      for (const text of spellings) {
        log.info(`connect to <${text}>`, { url: `x://u:<${text}>@h`, list: [{ text: `<${text}>` }] })
      }
      expect(log.lines.map((line) => line.replaceAll(/<\W*\*\*\*\W*>/g, 'X').replaceAll('"', ''))).to.deep.equal(
        spellings.map(() => 'INFO connect to X url=x://u:X@h list=[{text:X}]'),
      )
    })
  })
})
