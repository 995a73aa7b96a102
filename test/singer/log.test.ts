import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { createLog, type ProgramLog } from '../../singer/log.js'
import { createMetrics } from '../../singer/metrics.js'
import { grouped, sizeText, summaryTable } from '../../singer/summary.js'
import { withFolder } from '../support/bins.js'
import { recordedLog } from './recorded-log.js'

/** What Meltano writes for a plugin that declares `structured-logging`. */
const structured = {
  formatters: { singer_formatter: { '()': 'singer_sdk.logging.StructuredFormatter' } },
  root: { level: 'INFO' },
}

const withLog = (config: unknown, env: NodeJS.ProcessEnv, use: (log: ProgramLog & { lines: string[] }) => void) =>
  withFolder(async (folder) => {
    const path = join(folder, 'log.json')
    await writeFile(path, typeof config === 'string' ? config : JSON.stringify(config))
    use(recordedLog({ SINGER_SDK_LOG_CONFIG: path, ...env }))
  })

describe('log lines', () => {
  describe('as text', () => {
    const rows: [line: string, write: (log: ProgramLog) => void][] = [
      ['INFO hello', (log) => log.info('hello')],
      ['WARNING hello', (log) => log.warning('hello', {})],
      ['CRITICAL hello stream=a-b', (log) => log.critical('hello', { stream: 'a-b' })],
      [
        'INFO hello a=1 b=true c=null d=["x"] e="two words" f="" g="a=b"',
        (log) => log.info('hello', { a: 1, b: true, c: null, d: ['x'], e: 'two words', f: '', g: 'a=b' }),
      ],
      ['INFO one line, whatever it holds', (log) => log.info('one\nline,\r\n\twhatever\u0007it\u001bholds')],
      ['INFO METRIC: {"type":"counter"}', (log) => log.metric({ type: 'counter' })],
    ]
    for (const [line, write] of rows) {
      it(line, () => {
        const log = recordedLog()
        write(log)
        expect(log.lines).to.deep.equal([line])
      })
    }
  })

  it('as JSON hold the eight keys; stream_name is always there, extra only as an object', () =>
    withLog(structured, {}, (log) => {
      log.info('hello', { stream: 'a', n: 1, deep: { x: ['y'] } })
      log.warning('no fields')
      log.critical('two\nlines', { bookmarks: 1 })
      log.metric({ type: 'counter', value: 5 })
      const lines = log.lines.map((line) => JSON.parse(line))
      const always = { pid: process.pid, logger_name: 'tap-x', thread_name: 'MainThread', app_name: 'tap-x' }
      for (const { ts } of lines) expect(Math.abs(ts - Date.now() / 1000)).to.be.lessThan(60)
      expect(lines.map(({ ts: _, ...line }) => line)).to.deep.equal([
        { ...always, level: 'info', stream_name: 'a', message: 'hello', extra: { n: 1, deep: { x: ['y'] } } },
        { ...always, level: 'warning', stream_name: null, message: 'no fields' },
        { ...always, level: 'critical', stream_name: null, message: 'two\nlines', extra: { bookmarks: 1 } },
        { ...always, level: 'info', stream_name: null, message: 'METRIC', metric_info: { type: 'counter', value: 5 } },
      ])
    }))

  describe('are as quiet as they are asked to be', () => {
    const rows: [env: NodeJS.ProcessEnv, config: unknown, levels: string][] = [
      [{}, '', 'info warning critical'],
      [{ LOGLEVEL: 'DEBUG' }, '', 'debug info warning critical'],
      [{ LOGLEVEL: 'warning' }, '', 'warning critical'],
      [{ LOGLEVEL: 'ERROR' }, '', 'critical'],
      [{ LOGLEVEL: 'nonsense' }, '', 'info warning critical'],
      [{ LOGLEVEL: '' }, { root: { level: 'WARNING' } }, 'warning critical'],
      [{ LOGLEVEL: 'DEBUG', TAP_X_LOGLEVEL: 'WARN' }, { root: { level: 'INFO' } }, 'warning critical'],
      [{}, { root: { level: 'DEBUG' } }, 'debug info warning critical'],
      [{ LOGLEVEL: 'WARNING' }, { root: { level: 'DEBUG' } }, 'warning critical'],
      [{}, { root: {} }, 'info warning critical'],
      [{}, 'version: 1 # not JSON', 'info warning critical'],
      [{ SINGER_SDK_LOG_CONFIG: '/no/such/file' }, '', 'info warning critical'],
    ]
    for (const [env, config, levels] of rows) {
      it(`${JSON.stringify(env)} ${JSON.stringify(config)}: ${levels}`, () =>
        withLog(config, env, (log) => {
          for (const level of ['debug', 'info', 'warning', 'critical'] as const) log[level]('x')
          expect(log.lines.map((line) => line.split(' ')[0]?.toLowerCase()).join(' ')).to.equal(levels)
        }))
    }
  })

  it('stay text when no structured formatter is named', () =>
    withLog({ formatters: { singer_formatter: { format: '%(message)s' } } }, {}, (log) => {
      log.info('hello')
      expect(log.lines).to.deep.equal(['INFO hello'])
    }))

  it('go to stderr', () => {
    const written: unknown[] = []
    const { write } = process.stderr
    process.stderr.write = (chunk: unknown) => written.push(chunk) > 0
    try {
      createLog('tap-x', {}).info('hello')
    } finally {
      process.stderr.write = write
    }
    expect(written).to.deep.equal(['INFO hello\n'])
  })

  it('hold no secret, in whatever field and spelling', () => {
    const log = recordedLog()
    log.redact(['s3cret', '', 's3cret-and-longer', 'ü&x'])
    log.info('s3cret s3cret-and-longer', { a: 's3cret', b: [{ c: 'xs3cretx' }], d: '%C3%BC%26x', e: 'w7wmeA==' })
    expect(log.lines).to.deep.equal(['INFO *** *** a=*** b=[{"c":"x***x"}] d=*** e=***'])
  })

  it('keep the letters of secrets that are too short to be found among others', () => {
    const log = recordedLog()
    log.redact(['a', 'é', 'in', '""', 'abc'])
    log.info('an abc within', { a: 'in', b: 'YQ==' })
    expect(log.lines).to.deep.equal(['INFO an *** within a=in b="YQ=="'])
  })

  it('as JSON stay JSON, whatever the secret', () =>
    withLog(structured, {}, (log) => {
      log.redact(['message', '","', 'info', 'one'])
      log.info('a message with "," of one', { stream: 'one', message: 'info' })
      expect(JSON.parse(log.lines[0] ?? '')).to.include({
        level: 'info',
        message: 'a *** with *** of ***',
        stream_name: '***',
      })
    }))
})

describe('metrics', () => {
  const metric = (stream: string, value: number) =>
    `INFO METRIC: {"type":"counter","metric":"record_count","value":${value},"tags":{"stream":"${stream}"}}`

  it('are deltas; a stream without records is told once', () => {
    const log = recordedLog()
    const metrics = createMetrics(log)
    metrics.count('a', 0, 0)
    metrics.count('b', 2, 20)
    metrics.count('b', 3, 30)
    metrics.report()
    metrics.report()
    metrics.count('b', 1, 10)
    metrics.report()
    expect(log.lines).to.deep.equal([metric('a', 0), metric('b', 5), metric('b', 1)])
    expect(metrics.records('b')).to.equal(6)
    expect(metrics.totals().map(({ stream, records, bytes }) => [stream, records, bytes])).to.deep.equal([
      ['a', 0, 0],
      ['b', 6, 60],
    ])
  })
})

describe('the summary', () => {
  it('is a table', () => {
    const totals = [
      { stream: 'shop-orders', records: 1_234_567, bytes: 98_765_432, seconds: 2 },
      { stream: 'x', records: 0, bytes: 0, seconds: 0 },
    ]
    expect(summaryTable(totals)).to.equal(
      [
        'stream            rows    bytes   rows/s  duration',
        'shop-orders  1,234,567  98.8 MB  617,284       2 s',
        'x                    0      0 B        0       0 s',
        '',
      ].join('\n'),
    )
  })

  const sizes: [bytes: number, text: string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_500_000, '1.5 MB'],
    [2e9, '2.0 GB'],
    [3e12, '3.0 TB'],
    [4e15, '4000.0 TB'],
  ]
  for (const [bytes, text] of sizes) it(text, () => expect(sizeText(bytes)).to.equal(text))

  it('groups thousands', () => expect(grouped(1234567)).to.equal('1,234,567'))
})
