import { expect } from 'chai'
import { ConfigError } from '../../singer/errors.js'
import { type DialectSettings, dialectOf } from '../../target-s3-csv/csv.js'
import { failure } from './scanning.js'

/** Settings that cannot be, and what the message names. */
const refused: readonly (readonly [DialectSettings, string])[] = [
  [{ delimiter: '' }, 'delimiter'],
  [{ delimiter: ';;' }, 'delimiter'],
  [{ delimiter: '§' }, 'delimiter'],
  [{ delimiter: '1' }, 'delimiter'],
  [{ delimiter: 'a' }, 'delimiter'],
  [{ delimiter: '-' }, 'delimiter'],
  [{ delimiter: '.' }, 'delimiter'],
  [{ delimiter: '\n' }, 'delimiter'],
  [{ delimiter: '\\' }, 'delimiter'],
  [{ quote: '' }, 'quote'],
  [{ quote: '""' }, 'quote'],
  [{ delimiter: '"' }, 'delimiter and quote'],
  [{ quote: ',' }, 'delimiter and quote'],
  [{ quote: "'", escape_formulas: true }, 'quote'],
  [{ null: 'a,b' }, 'null'],
  [{ null: '"' }, 'null'],
  [{ null: '\n' }, 'null'],
  [{ null: '0' }, 'null'],
  [{ null: '-1' }, 'null'],
  [{ boolean: 'true' }, 'boolean'],
  [{ boolean: 'a/b/c' }, 'boolean'],
  [{ boolean: 'a/a' }, 'boolean'],
  [{ boolean: '/no' }, 'boolean'],
  [{ boolean: 'yes/,' }, 'boolean'],
  [{ boolean: 'yes/no', null: 'no' }, 'boolean'],
  [{ datetime: 'yyyy-mm-dd' }, 'datetime'],
  [{ datetime: 'DD.MM.' }, 'datetime'],
  [{ datetime: 'YYYY-MM-DD HH:MM:SS ' }, 'datetime'],
  [{ datetime: 'YYYY年' }, 'datetime'],
]

describe('target-s3-csv: dialect', () => {
  for (const [settings, name] of refused) {
    it(`refuses ${JSON.stringify(settings)}`, () => {
      const cause = failure(() => dialectOf(settings))
      expect(cause).to.be.instanceOf(ConfigError)
      expect(cause.message.startsWith(`${name}: `)).to.equal(true)
    })
  }

  it('tells all problems at once, one on a line', () => {
    const { message } = failure(() => dialectOf({ delimiter: '||', quote: 'é', null: '7' }))
    expect(message.split('\n').map((line) => line.split(':')[0])).to.deep.equal(['delimiter', 'quote', 'null'])
  })

  it('takes nothing else over from the settings', () => {
    const settings = { delimiter: ';', s3_bucket: 'b', aws_secret_access_key: 'c' }
    expect(Object.keys(dialectOf(settings))).to.deep.equal(Object.keys(dialectOf({})))
  })

  it('lets single settings override the preset', () => {
    const { name, delimiter, true: yes, null: nothing } = dialectOf({ dialect: 'mysql', delimiter: ';', null: 'NULL' })
    expect([name, delimiter, yes, nothing]).to.deep.equal(['mysql', 59, '1', 'NULL'])
  })
})
