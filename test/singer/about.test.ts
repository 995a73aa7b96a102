import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { aboutText, settingsTable } from '../../singer/about.js'
import { withTapSettings } from '../../singer/tap-settings.js'

const settings = {
  type: 'object',
  required: ['host'],
  properties: {
    host: { type: 'string', description: 'Name | address' },
    port: { type: ['null', 'integer'], default: 3306, description: 'Port,\nof the server' },
    password: { type: 'string', secret: true },
    mode: { enum: ['a', 'b'], default: 'a' },
    tables: { type: 'array', items: { type: 'string' }, default: [] },
    ssl: {
      type: 'object',
      required: ['ca'],
      properties: { ca: { type: 'string' }, on: { type: 'boolean', default: false } },
    },
  },
}
const plugin = { name: 'tap-x', description: 'Reads X', capabilities: ['catalog'], settings }

describe('about', () => {
  it('has a table of settings for READMEs', () => {
    expect(settingsTable(settings).split('\n')).to.deep.equal([
      '| Setting | Type | Default | Meaning |',
      '| --- | --- | --- | --- |',
      '| `host` | string, required |  | Name \\| address |',
      '| `port` | integer | `3306` | Port, of the server |',
      '| `password` | string, secret |  |  |',
      '| `mode` | a or b | `"a"` |  |',
      '| `tables` | array of strings | `[]` |  |',
      '| `ssl.ca` | string, required |  |  |',
      '| `ssl.on` | boolean | `false` |  |',
      '',
    ])
  })

  it('is markdown with that table at its end', () => {
    expect(aboutText(plugin, 'markdown')).to.equal(`# tap-x\n\nReads X\n\n## Settings\n\n${settingsTable(settings)}`)
  })

  it("is JSON with the keys of Meltano's SDK", async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(JSON.parse(aboutText(plugin, 'json'))).to.deep.equal({
      name: 'tap-x',
      description: 'Reads X',
      version,
      sdk_version: version,
      supported_python_versions: [],
      capabilities: ['catalog'],
      settings,
    })
  })

  it('names what every tap can be told', () => {
    const table = settingsTable(withTapSettings(settings))
    for (const name of ['host', 'select', 'metadata']) expect(table).to.include(`| \`${name}\` |`)
  })
})
