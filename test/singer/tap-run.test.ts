import { closeSync, openSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { startProgram, uncovered, withFolder, writeJson } from '../support/bins.js'
import { startUnread } from '../support/conformance/unread.js'
import { fixture, linesOf, run, runTap, tapSettings, withSettings } from './programs.js'

const command = (path: string, ...args: string[]) => [...fixture('scripted-tap'), '--config', path, ...args]
const endless = { rows: 1e9 }

describe('a tap under way', () => {
  it('sends what it has when its source is slow', () =>
    withSettings(tapSettings({ pause_ms: 60_000 }), async (path) => {
      const running = await startUnread(command(path, '--select', 'one'))
      await running.readUntil((text) => text.includes('SCHEMA'))
      running.child.kill('SIGTERM')
      await running.readAll()
      expect((await running.finished).code).to.equal(143)
    }))

  for (const settings of [endless, { ...endless, lines: true, record_bytes: 5000 }]) {
    it(`stays small while nobody reads: ${JSON.stringify(settings)}`, () =>
      withSettings(tapSettings(settings), async (path) => {
        const running = await startUnread(command(path, '--select', 'one'), { env: uncovered })
        await sleep(2000)
        running.closeReader()
        const { code, peakMb, stderr } = await running.finished
        expect(code).to.equal(141)
        expect(peakMb).to.be.lessThan(130)
        expect(stderr).to.equal('WARNING reader closed the pipe\n')
      }))
  }

  it('notices between slow rows that its reader is gone', () =>
    withSettings(tapSettings({ ...endless, pause_ms: 100 }), async (path) => {
      const running = await startUnread(command(path, '--select', 'one'))
      await running.readUntil((text) => text.includes('RECORD'))
      running.closeReader()
      expect((await running.finished).code).to.equal(141)
    }))

  it('keeps the order of small and large messages', async () => {
    const { stdout, code } = await runTap(['--select', '*'], { rows: 1000, lines: true, record_bytes: 300 })
    expect(code).to.equal(0)
    const ids = linesOf(stdout).flatMap((line) => /"record":\{"id":(\d+)/.exec(line)?.[1] ?? [])
    expect(ids).to.deep.equal([0, 1, 2].flatMap(() => Array.from({ length: 1000 }, (_, id) => String(id))))
    expect(linesOf(stdout).at(-1)).to.equal(
      '{"type":"STATE","value":{"bookmarks":{"one":{"last":1000},"three":{"last":1000},"two":{"last":1000}},"currently_syncing":null}}',
    )
  })

  it('writes into a file as into a pipe', () =>
    withFolder(async (folder) => {
      const settings = await writeJson(join(folder, 'settings.json'), tapSettings({ rows: 2000 }))
      const file = openSync(join(folder, 'out'), 'w')
      const { finished } = startProgram(command(settings, '--select', 'one'), ['ignore', file, 'pipe'])
      expect((await finished).code).to.equal(0)
      closeSync(file)
      expect(linesOf(await readFile(join(folder, 'out')))).to.have.length(2003)
    }))

  it('says when stdout takes no more', () =>
    withSettings(tapSettings({ rows: 2000 }), async (path) => {
      const full = openSync('/dev/full', 'w')
      const { finished } = startProgram(command(path, '--select', 'one'), ['ignore', full, 'pipe'])
      const { code, stderr } = await finished
      closeSync(full)
      expect(code).to.equal(1)
      expect(linesOf(stderr).at(-1)).to.match(/^CRITICAL write to stdout: ENOSPC/)
    }))

  it('that is stopped gives its last state to a reader that is slow', () =>
    withSettings(tapSettings({ ...endless, lines: true, record_bytes: 20_000 }), async (path) => {
      const running = await startUnread(command(path, '--select', 'one'))
      await running.readUntil((text) => text.includes('RECORD'))
      await sleep(500)
      running.child.kill('SIGTERM')
      // Two blocks of 2 MB are on their way, for longer than a reader that takes nothing is waited for.
      const lines = linesOf(await running.readAll(64))
      expect((await running.finished).code).to.equal(143)
      expect(lines.at(-1)).to.match(/^\{"type":"STATE","value":\{"bookmarks":\{"one":\{"last":\d+\}\}/)
    }))

  it('that is deaf to SIGTERM is gone after seconds', () =>
    withSettings(tapSettings({ slip: 'deaf' }), async (path) => {
      const { child, finished } = startProgram(command(path, '--select', 'one'), ['ignore', 'pipe', 'pipe'])
      await new Promise((resolve) => child.stderr?.once('readable', resolve))
      const began = Date.now()
      for (let times = 0; times < 3; times++) child.kill('SIGTERM')
      expect((await finished).code).to.equal(143)
      expect(Date.now() - began).to.be.within(2500, 20_000)
    }))
})

describe('a command of a tap', () => {
  const rows: [what: string, argv: string[], code: number, stdout: string, stderr: RegExp][] = [
    ['gets what follows its name', ['shout', 'word'], 0, '^WORD\n$', /^INFO shouted letters=4$/m],
    ['may refuse it', ['shout'], 2, '^$', /^CRITICAL shout: a word is wanted$/m],
    ['is none when it is unknown', ['whisper'], 2, '^$', /^CRITICAL .*whisper.*--help/m],
    ['is none of the names that every object has', ['constructor'], 2, '^$', /^CRITICAL .*constructor/m],
    ['stands in --help', ['--help'], 0, 'tap-scripted shout WORD', /^$/],
  ]
  for (const [what, argv, code, stdout, stderr] of rows) {
    it(what, async () => {
      const finished = await run([...fixture('scripted-tap'), ...argv])
      expect(finished.code).to.equal(code)
      expect(finished.stdout.toString()).to.match(new RegExp(stdout))
      expect(finished.stderr).to.match(stderr)
    })
  }
})

describe('a failed run', () => {
  const rows: [what: string, settings: object, lines: string[]][] = [
    [
      'a stream',
      { failing: ['two'] },
      ['CRITICAL stream failed: read two: the table is gone stream=two', 'CRITICAL 1 of 2 streams failed: two'],
    ],
    ['a throw out of nowhere', { slip: 'throws', pause_ms: 300 }, ['CRITICAL not foreseen: ']],
    [
      'a rejection out of nowhere',
      { slip: 'rejects', pause_ms: 300 },
      ['CRITICAL not foreseen: nobody waits for this'],
    ],
  ]
  for (const [what, settings, expected] of rows) {
    it(`${what}: exit 1, and the last line says it`, async () => {
      const { code, stderr } = await runTap(['--select', 'one', '--select', 'two'], settings)
      expect(code).to.equal(1)
      const critical = linesOf(stderr).filter((line) => line.startsWith('CRITICAL'))
      expect(critical).to.have.length(expected.length)
      for (const [i, line] of expected.entries()) expect(critical[i]).to.include(line)
      expect(linesOf(stderr).at(-1)).to.equal(critical.at(-1))
      expect(stderr).to.not.match(/^\s+at /m)
    })

    it(`${what}: with its stack when asked for`, async () => {
      const options = { env: { TAP_SCRIPTED_LOGLEVEL: 'debug' } }
      const { stderr } = await runTap(['--select', 'one', '--select', 'two'], settings, options)
      expect(stderr).to.match(/^DEBUG \w*Error: .* at .*\.js:\d+/m)
    })
  }

  it('of settings, state and catalog: all problems at once', async () => {
    const { code, stderr } = await runTap(['--state', '/no/state', '--catalog', '/no/catalog'], {
      rows: 'x',
      pause_ms: [],
    })
    expect(code).to.equal(2)
    expect(linesOf(stderr)).to.deep.equal([
      'CRITICAL rows: must be an integer, got a string that is none',
      'CRITICAL pause_ms: must be an integer, got an array',
      'CRITICAL read the state /no/state: there is no such file',
      'CRITICAL read the catalog /no/catalog: there is no such file',
    ])
  })
})

describe('the command line', () => {
  const rows: [args: string[], code: number, stderr: RegExp][] = [
    [['--nope'], 2, /^CRITICAL Unknown argument: nope; see tap-scripted --help\n$/],
    [['--nope', '--neither'], 2, /^CRITICAL Unknown arguments: nope, neither; /],
    [['stray'], 2, /^CRITICAL Unknown argument: stray; /],
    [['--state'], 2, /^CRITICAL Not enough arguments following: state; /],
    [['--test=some'], 2, /^CRITICAL --test knows the values all and schema, not some\n$/],
    [['--about', '--format', 'yaml'], 2, /^CRITICAL Invalid values: .*format/],
    [['--select', 'one', '--catalog', '/x'], 2, /CRITICAL read the catalog/],
    [
      ['--dev', '--select', 'none'],
      0,
      /^WARNING a pattern .* matches no stream pattern=none\nWARNING no stream is selected: /,
    ],
  ]
  for (const [args, code, stderr] of rows) {
    it(args.join(' '), async () => {
      const finished = await runTap(args)
      expect(finished.stderr).to.match(stderr)
      expect(finished.code).to.equal(code)
      expect(finished.stdout.toString()).to.equal('')
    })
  }

  it('help, version and about load neither the checker of settings nor a driver', async () => {
    const loaded = "process.on('exit', () => process._rawDebug(Object.keys(process.moduleLoadList).length))"
    for (const flag of ['--help', '--version', '--about']) {
      const options = {
        env: { NODE_DEBUG: 'esm', NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(loaded)}` },
      }
      const { code, stderr } = await run([...fixture('scripted-tap'), flag], options)
      expect(code).to.equal(0)
      expect(stderr)
        .to.include('yargs')
        .and.not.match(/node_modules\/(ajv|mysql2|@aws-sdk|log-update)\//)
    }
  })

  it('of a flag given twice the last one counts', async () => {
    const { code, stderr } = await runTap(['--state', '/no/state', '--state', '/dev/null', '--select', 'one'])
    expect(code, stderr).to.equal(0)
  })
})

describe('a catalog', () => {
  const rule = { metadata: { one: { 'replication-method': 'FULL_TABLE' } } }
  const rows: [args: string[], settings: object, given: string][] = [
    [['--select', 'one'], {}, '--select'],
    [[], { select: ['one'] }, 'the setting `select`'],
    [[], rule, 'the setting `metadata`'],
    [[], { select: ['one'], ...rule }, 'the setting `select` and the setting `metadata`'],
    [['--select', 'one'], { select: ['two'], ...rule }, '--select and the setting `metadata`'],
  ]
  for (const [args, settings, given] of rows) {
    it(`is refused beside ${given}: it says the same`, () =>
      withFolder(async (folder) => {
        const path = await writeJson(join(folder, 'catalog.json'), { streams: [] })
        const { code, stderr, stdout } = await runTap(['--catalog', path, ...args], settings)
        expect(code).to.equal(2)
        expect(stdout.toString()).to.equal('')
        expect(stderr).to.match(new RegExp(`^CRITICAL ${given} and a catalog are given: .*; leave one out\n$`))
      }))
  }

  for (const settings of [{ select: [], metadata: {} }, {}]) {
    it(`is taken beside settings that say nothing: ${JSON.stringify(settings)}`, () =>
      withFolder(async (folder) => {
        const path = await writeJson(join(folder, 'catalog.json'), { streams: [] })
        expect((await runTap(['--catalog', path], settings)).code).to.equal(0)
      }))
  }
})

describe('a test run', () => {
  const types = (stdout: Buffer) =>
    linesOf(stdout).map((line) => line.replace(/.*"type":"(\w+)","stream":"(\w+)".*/, '$1 $2'))

  for (const settings of [{}, { lines: true }, { rows: 1e9 }]) {
    it(`sends a record of each selected stream and moves nothing on: ${JSON.stringify(settings)}`, async () => {
      for (const flag of ['--test', '--test=all']) {
        const { code, stdout } = await runTap(['--select', 't*', flag], settings)
        expect(types(stdout)).to.deep.equal(['SCHEMA two', 'RECORD two', 'SCHEMA three', 'RECORD three'])
        expect(code).to.equal(0)
      }
    })
  }

  it('sends schemas only, when asked', async () => {
    const { stdout } = await runTap(['--select', 't*', '--test', 'schema'])
    expect(types(stdout)).to.deep.equal(['SCHEMA two', 'SCHEMA three'])
  })

  it('tries all streams, and fails if one does', async () => {
    const { code, stdout, stderr } = await runTap(['--select', 't*', '--test'], { failing: ['two'] })
    expect(types(stdout)).to.deep.equal(['SCHEMA two', 'SCHEMA three', 'RECORD three'])
    expect(code).to.equal(1)
    expect(linesOf(stderr).at(-1)).to.match(/^CRITICAL .*two/)
  })
})

describe('a discovery', () => {
  const streams = (stdout: Buffer) =>
    JSON.parse(stdout.toString()).streams.map(({ stream }: { stream: string }) => stream)
  const rows: [what: string, expected: string[], args: string[], env: NodeJS.ProcessEnv, settings: object][] = [
    ['of everything', ['one', 'two', 'three'], [], {}, {}],
    ['of what --select can mean', ['two', 'three'], ['--select', 't*.id'], {}, {}],
    ['of what the setting can mean', ['one'], [], {}, { select: ['one'] }],
    ['of what Meltano will select', ['two'], [], { TAP_SCRIPTED__SELECT: '["two.*", "!one"]' }, {}],
    ['of what Meltano will select, generic', ['two'], [], { MELTANO_EXTRACT__SELECT: '["two.*"]' }, {}],
    ['of everything when Meltano says nothing', ['one', 'two', 'three'], [], { TAP_SCRIPTED__SELECT: '[]' }, {}],
    [
      'wins over a catalog and a state beside it',
      ['one', 'two', 'three'],
      ['--catalog', '/no', '--state', '/no'],
      {},
      {},
    ],
    ['needs only what it uses', ['one', 'two', 'three'], [], {}, { start_date: 'not yet' }],
  ]
  for (const [what, expected, args, env, settings] of rows) {
    it(what, async () => {
      const { code, stdout, stderr } = await runTap(['--discover', ...args], settings, { env })
      expect(code, stderr).to.equal(0)
      expect(streams(stdout)).to.deep.equal(expected)
    })
  }
})

describe('the end of a run', () => {
  it('tells of each stream how much it was', async () => {
    const { stderr, stdout } = await runTap(['--select', 'one', '--select', 'two'], { rows: 7 })
    const bytes =
      linesOf(stdout)
        .filter((line) => line.includes('"RECORD","stream":"one"'))
        .join('\n').length + 1
    expect(linesOf(stderr)).to.have.length(4)
    for (const [i, stream] of ['one', 'two'].entries()) {
      expect(linesOf(stderr)[i]).to.equal(
        `INFO METRIC: {"type":"counter","metric":"record_count","value":7,"tags":{"stream":"${stream}"}}`,
      )
      expect(linesOf(stderr)[i + 2]).to.match(
        new RegExp(`^INFO stream sent stream=${stream} rows=7 bytes=${bytes} rows_per_second=\\d+ seconds=[\\d.]+$`),
      )
    }
  })

  it('on a terminal is a table, with a live one before', () =>
    withFolder(async (folder) => {
      const settings = await writeJson(join(folder, 'settings.json'), tapSettings({ rows: 30, pause_ms: 20 }))
      const tap = command(settings, '--select', 'one', '--select', 'nowhere').map((word) => `'${word}'`)
      const script = join(folder, 'run.sh')
      await writeFile(script, `stty rows 24 cols 80; ${tap.join(' ')} > '${folder}/out'\n`)
      const { stdout } = await run(['script', '-qec', `sh ${script}`, '/dev/null'])
      const screen = stdout.toString()
      expect(screen).to.match(/stream +rows +bytes +rows\/s +duration\r\none +30 +2\.1 kB +\d+ +\d+\.\d+ s\r\n$/)
      expect(screen.split('stream ').length).to.be.greaterThan(2)
      expect(screen).to.include('WARNING a pattern').and.not.include('METRIC')
      expect(linesOf(await readFile(join(folder, 'out')))).to.have.length(33)
    }))
})
