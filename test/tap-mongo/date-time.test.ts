import { Timestamp } from 'bson'
import { expect } from 'chai'
import { startTime } from '../../tap-mongo/log-based/start-time.js'
import { instantOf } from '../../tap-mongo/settings/date-time.js'
import { configOf } from './given-config.js'

describe('tap-mongo dates of settings and states', () => {
  const { TZ } = process.env
  before(() => {
    process.env.TZ = 'Asia/Kathmandu'
  })
  after(() => {
    if (TZ === undefined) delete process.env.TZ
    else process.env.TZ = TZ
  })

  const noon = Date.UTC(2024, 1, 29, 12)
  // biome-ignore format: one fact a line
  const instants: readonly (readonly [text: string, ms: number])[] = [
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2024-02-29T12:00:00Z', noon],
    ['2024-02-29t12:00:00z', noon],
    ['2024-02-29T12:00:00', noon],
    ['2024-02-29 12:00', noon],
    ['2024-02-29T12:00:00.123456', noon + 123],
    ['2024-02-29T14:00:00+02:00', noon],
    ['2024-02-29T10:00:00-0200', noon],
    ['2024-13-01', Number.NaN],
    ['29 Feb 2024', Number.NaN],
    ['', Number.NaN],
  ]
  for (const [text, ms] of instants) {
    it(`"${text}" is ${Number.isNaN(ms) ? 'none' : new Date(ms).toISOString()}`, () => {
      expect(instantOf(text)).to.deep.equal(ms)
    })
  }

  it('begin in the log at the same instant in every zone', () => {
    const { time } = startTime(configOf({ start_at_operation_time: '2024-02-29T12:00:00' })) ?? {}
    expect(time).to.deep.equal(new Timestamp({ t: noon / 1000, i: 1 }))
  })
})
