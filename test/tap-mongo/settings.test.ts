import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readConfig } from '../../singer/config.js'
import { ConfigError, type JsonObject, jsonText } from '../../singer/index.js'
import { settings } from '../../tap-mongo/config.js'
import { recordedLog } from '../singer/recorded-log.js'

const singerIo = { host: 'db', user: 'me', password: 'secret', database: 'admin' }

/** As a run reads them. */
async function read(text: string, log = recordedLog()): Promise<JsonObject> {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'))
  try {
    const file = join(folder, 'config.json')
    writeFileSync(file, text)
    return await readConfig({ name: 'tap-mongo', settings, files: [file] }, log)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('settings of tap-mongo', () => {
  it('wants some server', async () => {
    let thrown: unknown
    await read('{}').catch((problem) => {
      thrown = problem
    })
    expect(thrown).to.be.instanceOf(ConfigError)
    expect(String(thrown)).to.match(/at least one of uri, host, mongodb_connection_string, mongo/)
  })

  it('reads texts of the peers as what they mean, and says nothing of what has no effect', async () => {
    const log = recordedLog()
    const given = { ...singerIo, port: '27018', srv: 'false', ssl: 'true', verify_mode: 'false' }
    const config = await read(JSON.stringify({ ...given, update_buffer_size: '1', batch_config: { a: null } }), log)
    expect(config).to.include({ port: 27018, srv: false, ssl: true, verify_mode: false })
    expect(log.lines).to.deep.equal([])
  })

  it('lets filters, defaults and arguments of the driver come through as they are', async () => {
    const given =
      '{"mongo":{"host":"db","port":1,"x":null},"streams":{"shop-orders":{"filter":{"a":null,"n":9007199254740993,"z":{"$in":[1.0]}},"defaults":{"a":null},"projection":"{\\"a\\":1}"}}}'
    const config = await read(given)
    expect(jsonText({ mongo: config.mongo ?? null, streams: config.streams ?? null })).to.equal(given)
  })

  it('names settings of a stream that are not known', async () => {
    let thrown: unknown
    await read('{"uri":"mongodb://db/","streams":{"a-b":{"filters":{}}}}').catch((problem) => {
      thrown = problem
    })
    expect(String(thrown)).to.match(/streams\.a-b\.filters: is not known; did you mean filter\?/)
  })

  it('keeps secrets out of the log', async () => {
    const log = recordedLog()
    await read('{"mongo":{"host":"db","password":"from-mongo"},"tls_cert":"from-cert","password":"from-password"}', log)
    log.info('from-mongo from-cert from-password db')
    expect(log.lines.at(-1)).to.equal('INFO *** *** *** db')
  })

  it('describes every setting', () => {
    const properties = Object.entries(settings.properties as Record<string, JsonObject>)
    expect(
      properties.filter(([, { description }]) => typeof description !== 'string' || description === ''),
    ).to.deep.equal([])
  })
})
