import { expect } from 'chai'
import { isObject, type JsonObject, parseJson } from '../../../singer/json.js'
import { envName, expectGood, linesOf, type Program } from './program.js'
import type { Rules } from './rules.js'

export const logs: Rules<Program> = {
  'lines are text with their level; none holds "error" or "exception" when all is well': async ({ work }) => {
    const finished = await work()
    expectGood(finished)
    expect(linesOf(finished.stderr)).to.not.deep.equal([])
    for (const line of linesOf(finished.stderr)) expect(line).to.match(/^(INFO|WARNING) [\P{Cc}]+$/u)
  },

  'lines are JSON with the eight keys when Meltano asks for it': async (program) => {
    const lines = await structuredLines(program)
    for (const line of lines) {
      expect(line).to.include.keys(eightKeys)
      expect(line).to.include({ thread_name: 'MainThread', app_name: program.name })
      expect(line.level).to.be.oneOf(['debug', 'info', 'warning', 'critical'])
      for (const key of ['pid', 'ts']) expect(line[key]).to.be.a('number')
      for (const key of ['logger_name', 'message']) expect(line[key]).to.be.a('string')
      if ('extra' in line) expect(isObject(line.extra), 'extra is an object').to.equal(true)
      expect(line).to.not.include.keys('bookmarks')
      expect(JSON.stringify(line)).to.not.match(/error|exception/i)
    }
    expect(lines.map((line) => line.stream_name)).to.include(program.worked.stream)
  },

  'lines stay text when the log settings name no structured formatter': async (program) => {
    const plain = await program.file({
      formatters: { singer_formatter: { format: '%(message)s' } },
      root: { level: 'INFO' },
    })
    const finished = await program.work({ env: { SINGER_SDK_LOG_CONFIG: plain } })
    expectGood(finished)
    expect(finished.stderr).to.match(/^INFO /)
  },

  'the level is the first of NAME_LOGLEVEL, LOGLEVEL and the root of the log settings': async (program) => {
    const quiet = { [envName(program, 'loglevel')]: 'WARNING', LOGLEVEL: 'DEBUG' }
    expect((await program.work({ env: quiet })).stderr).to.not.match(/^(INFO|DEBUG)/m)
    const silent = await program.file({ ...structured, root: { level: 'WARNING' } })
    expect((await program.work({ env: { SINGER_SDK_LOG_CONFIG: silent } })).stderr).to.not.match(
      /"level":"(info|debug)"/,
    )
    expect((await program.work({ env: { SINGER_SDK_LOG_CONFIG: silent, LOGLEVEL: 'INFO' } })).stderr).to.match(/"info"/)
  },

  'metric lines add up to the records': async (program) => {
    const { stderr } = await program.work()
    const metrics = linesOf(stderr).flatMap((line) => {
      const text = /^INFO METRIC: (\{.*\})$/.exec(line)?.[1]
      return text ? [parseJson(text)] : []
    })
    expect(recordCount(metrics.filter(isObject), program.worked.stream)).to.equal(program.worked.records)
  },

  'structured metric lines add up to the records': async (program) => {
    const lines = (await structuredLines(program)).filter(({ message }) => message === 'METRIC')
    const metrics = lines.map(({ metric_info }) => metric_info).filter((metric) => isObject(metric))
    expect(recordCount(metrics, program.worked.stream)).to.equal(program.worked.records)
  },

  'the last line of a failed run is critical, as text and as JSON': async (program) => {
    const path = await program.file('no JSON')
    const text = await program.work({ settings: ['--config', path] })
    expect(linesOf(text.stderr).at(-1)).to.match(/^CRITICAL /)
    const env = { SINGER_SDK_LOG_CONFIG: await program.file(structured) }
    const json = await program.work({ settings: ['--config', path], env })
    expect(parseJson(linesOf(json.stderr).at(-1) ?? ''))
      .to.include({ level: 'critical' })
      .and.to.include.keys(eightKeys)
  },
}

// https://github.com/meltano/meltano/blob/main/src/meltano/core/logging/parsers.py
const eightKeys = ['level', 'pid', 'logger_name', 'ts', 'thread_name', 'app_name', 'stream_name', 'message']

/** What Meltano puts into SINGER_SDK_LOG_CONFIG for a plugin that declares `structured-logging`. */
export const structured: JsonObject = {
  version: 1,
  disable_existing_loggers: false,
  formatters: { singer_formatter: { '()': 'singer_sdk.logging.StructuredFormatter' } },
  handlers: { default: { class: 'logging.StreamHandler', formatter: 'singer_formatter', stream: 'ext://sys.stderr' } },
  root: { level: 'INFO', propagate: true, handlers: ['default'] },
}

async function structuredLines(program: Program): Promise<JsonObject[]> {
  const finished = await program.work({ env: { SINGER_SDK_LOG_CONFIG: await program.file(structured) } })
  expectGood(finished)
  const lines = linesOf(finished.stderr).map((line) => parseJson(line))
  for (const line of lines) expect(isObject(line), 'each line is an object').to.equal(true)
  return lines.filter(isObject)
}

function recordCount(metrics: readonly JsonObject[], stream: string): number {
  return metrics
    .filter(
      ({ type, metric, tags }) =>
        type === 'counter' && metric === 'record_count' && isObject(tags) && tags.stream === stream,
    )
    .reduce((sum, { value }) => sum + Number(value), 0)
}
