import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readConfig } from '../../singer/config.js'
import { ConfigError } from '../../singer/errors.js'
import { jsonText } from '../../singer/json.js'
import { readYamlFile } from '../../singer/yaml-file.js'
import { withFolder } from '../support/bins.js'
import { recordedLog } from './recorded-log.js'

async function read(text: string): Promise<string> {
  return withFolder(async (folder) => {
    const path = join(folder, 'settings.yml')
    await writeFile(path, text)
    return readYamlFile(path, 'settings').then(
      (value) => jsonText(value),
      (problem) => {
        expect(problem).to.be.instanceOf(ConfigError)
        return String(problem.message).replaceAll(path, 'FILE')
      },
    )
  })
}

describe('settings in YAML', () => {
  describe('are what JSON would say', () => {
    const rows: [yaml: string, json: string][] = [
      ['a: 1\nb: [x, "y", null, ~, true]', '{"a":1,"b":["x","y",null,null,true]}'],
      ['start: 2024-01-01\nat: 2024-01-01T00:00:00Z', '{"start":"2024-01-01","at":"2024-01-01T00:00:00Z"}'],
      ['on: no\nyes: off', '{"on":"no","yes":"off"}'],
      [
        'lat: 42.360\nbig: 12345678901234567890\nzero: -0.0\nhuge: 1e400',
        '{"lat":42.360,"big":12345678901234567890,"zero":-0.0,"huge":1e400}',
      ],
      ['a: 0x1F\nb: 0o17\nc: +3\nd: .5\ne: 007', '{"a":31,"b":15,"c":3,"d":0.5,"e":7}'],
      ['text: "42.360"\nplain: 1.2.3', '{"text":"42.360","plain":"1.2.3"}'],
      [
        'base: &b {x: 1.10, y: 2}\nmore: {<<: *b, y: 3}\nsame: *b',
        '{"base":{"x":1.10,"y":2},"more":{"x":1.10,"y":3},"same":{"x":1.10,"y":2}}',
      ],
      ['query: |\n  a\n  b\nfolded: >-\n  a\n  b', '{"query":"a\\nb\\n","folded":"a b"}'],
      ['\uFEFFa: 1 # one', '{"a":1}'],
      ['__proto__: {x: 1}', '{"__proto__":{"x":1}}'],
      ['{a: , b: }', '{"a":null,"b":null}'],
      ['1: x\ntrue: y', '{"1":"x","true":"y"}'],
    ]
    for (const [yaml, json] of rows) {
      it(json, async () => {
        expect(await read(yaml)).to.equal(json)
      })
    }
  })

  describe('that are wrong are told with their line, without content', () => {
    const rows: [yaml: string, problem: string][] = [
      ['', 'read the settings FILE: the file is empty, YAML is wanted'],
      ['a: 1\nb: "hunter2', 'read the settings FILE: a quote, a bracket or a comma is missing at line 2'],
      ['a: 1\nhunter2: 2\nhunter2: 3', 'read the settings FILE: a key stands twice at line 3'],
      ['a:\n  b: 1\n\thunter2: 2', 'read the settings FILE: a tab is no indentation at line 3'],
      ['a: hunter2\n---\nb: 1', 'read the settings FILE: a second document begins at line 2'],
      ['a: !secret hunter2', 'read the settings FILE: a tag is not known at line 1'],
      [
        'a: hunter2: 3',
        'read the settings FILE: a key and its value are not told apart, or the indentation is wrong at line 1',
      ],
      [
        'a: 1\nb:\n  token: {env.hunter2}',
        'read the settings FILE: a text with a placeholder must stand in quotes at line 3, such as "{env.NAME}"',
      ],
      [
        'a: { b: {hunter2} }',
        'read the settings FILE: a text with a placeholder must stand in quotes at line 1, such as "{env.NAME}"',
      ],
      [
        'a: 1\nb: {hunter2}/x',
        'read the settings FILE: a sign is in the wrong place (a text with a placeholder must stand in quotes) at line 2',
      ],
      [
        'a: { b: /x/{hunter2} }',
        'read the settings FILE: a sign is in the wrong place (a text with a placeholder must stand in quotes) at line 1',
      ],
      ['a: @hunter2', 'read the settings FILE: a text that begins with this sign must stand in quotes at line 1'],
      ['a: *hunter2', 'read the settings FILE: an alias of YAML cannot be resolved'],
      ['a: .inf', 'read the settings FILE: .inf and .nan are no values of settings'],
      ['a: !!float .nan', 'read the settings FILE: .inf and .nan are no values of settings'],
    ]
    for (const [yaml, problem] of rows) {
      it(`${problem}: ${JSON.stringify(yaml)}`, async () => {
        const outcome = await read(yaml)
        expect(outcome).to.equal(problem)
        expect(outcome).to.not.include('hunter2')
      })
    }
  })

  it('stand beside those in JSON: .yml and .yaml are YAML', async () => {
    await withFolder(async (folder) => {
      const files = ['a.yaml', 'b.YML', 'c.json'].map((name) => join(folder, name))
      const texts = ['host: a\nport: 1', 'port: "2"\nratio: 1.50', '{"ssl": true}']
      await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? '')))
      const settings = {
        type: 'object',
        properties: {
          host: { type: 'string' },
          port: { type: 'integer' },
          ratio: { verbatim: true },
          ssl: { type: 'boolean' },
        },
      }
      const config = await readConfig({ name: 'tap-x', settings, files }, recordedLog())
      expect(jsonText(config)).to.equal('{"host":"a","port":2,"ratio":1.50,"ssl":true}')
    })
  })

  it('must be a mapping', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'a.yml')
      await writeFile(path, '- 1')
      const outcome = await readConfig({ name: 'x', settings: {}, files: [path] }, recordedLog()).catch(
        (problem) => problem,
      )
      expect(outcome.message).to.equal(`read the settings ${path}: a mapping is wanted`)
    })
  })
})
