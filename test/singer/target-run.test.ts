import { lstat, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { startProgram, withFolder, writeJson } from '../support/bins.js'
import { run } from '../support/command.js'
import { fixture, linesOf, runTarget, targetSettings, withSettings } from './programs.js'

const state = (text: string) => `{"type":"STATE","value":${text}}\n`
const record = '{"type":"RECORD","stream":"a","record":{}}\n'

describe('a target under way', () => {
  it('prints each new state as it came: never the same twice, never one that says nothing', async () => {
    const values = ['{}', '{ }', '{"b": 1.10, "a":2}', '{"b": 1.10, "a":2}', '{}', '{"b": 1.10, "a":2}', '{"b":3}']
    const { stdout, code } = await runTarget([], {}, { input: values.map(state).join(record) })
    expect(linesOf(stdout)).to.deep.equal(['{"b": 1.10, "a":2}', '{"b":3}'])
    expect(code).to.equal(0)
  })

  it('prints a state while its input is open', () =>
    withSettings(targetSettings(), async (path) => {
      const { child, finished } = startProgram(
        [...fixture('counting-target'), '--config', path],
        ['pipe', 'pipe', 'pipe'],
      )
      child.stdin?.write(`${record}${state('{"n":1}')}`)
      await new Promise((resolve) => child.stdout?.once('readable', resolve))
      child.stdin?.end(state('{"n":2}'))
      expect(linesOf((await finished).stdout)).to.deep.equal(['{"n":1}', '{"n":2}'])
    }))

  it('that fails has printed what was safe before, and says why in its last line', async () => {
    const input = `${record}${state('{"n":1}')}${record}${state('{"n":2}')}`
    const { code, stdout, stderr } = await runTarget([], { fail_after: 3 }, { input })
    expect(code).to.equal(1)
    expect(linesOf(stdout)).to.deep.equal(['{"n":1}'])
    expect(linesOf(stderr).at(-1)).to.equal('CRITICAL write line 3: the disk is full')
  })

  for (const [settings, summary] of [
    [{}, 'stream written'],
    [{ fail_after: 3 }, 'stream not written to its end'],
  ] as const) {
    it(`with ${JSON.stringify(settings)} sums up: ${summary}`, async () => {
      const { stderr } = await runTarget([], settings, { input: record.repeat(3) })
      expect(stderr).to.match(new RegExp(`^INFO ${summary} stream=all rows=`, 'm'))
    })
  }

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`ends with ${code} on ${signal} though its input stays open; what it printed stays`, () =>
      withSettings(targetSettings(), async (path) => {
        const { child, finished } = startProgram(
          [...fixture('counting-target'), '--config', path],
          ['pipe', 'pipe', 'pipe'],
        )
        child.stdin?.on('error', () => undefined)
        child.stdin?.write(`${state('{"n":1}')}{"type":"STA`)
        await new Promise((resolve) => child.stdout?.once('readable', resolve))
        child.kill(signal)
        child.kill(signal)
        const ended = await Promise.race([finished, sleep(10_000, undefined, { ref: false })])
        expect(ended).to.deep.include({ code })
        expect(ended?.stdout.toString()).to.equal('{"n":1}\n')
        expect(linesOf(ended?.stderr ?? '').at(-1)).to.equal(`WARNING stopped by ${signal}`)
      }))
  }

  it('wants exactly one of two settings, and says so', async () => {
    const { code, stderr } = await runTarget([], { s3_bucket: 'b' })
    expect(code).to.equal(2)
    expect(stderr).to.equal('CRITICAL exactly one of s3_bucket and output_path is required, more than one is given\n')
  })
})

describe('--state-out', () => {
  it('holds the newest state, and nothing is left beside it', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'state.json')
      await writeFile(file, 'old')
      const { code, stdout } = await runTarget(
        ['--state-out', file],
        {},
        { input: state('{"n":1}') + state('{"n":2}') },
      )
      expect(code).to.equal(0)
      expect(linesOf(stdout)).to.deep.equal(['{"n":1}', '{"n":2}'])
      expect(await readFile(file, 'utf8')).to.equal('{"n":2}\n')
      expect(await readdir(folder)).to.deep.equal(['state.json'])
    }))

  it('stays as it was when there is no state', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'state.json')
      await writeFile(file, 'old')
      expect((await runTarget(['--state-out', file], {}, { input: record })).code).to.equal(0)
      expect(await readFile(file, 'utf8')).to.equal('old')
    }))

  it('follows a link instead of replacing it', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'real'), 'old')
      await symlink(join(folder, 'real'), join(folder, 'link'))
      await runTarget(['--state-out', join(folder, 'link')], {}, { input: state('{"n":1}') })
      expect((await lstat(join(folder, 'link'))).isSymbolicLink()).to.equal(true)
      expect(await readFile(join(folder, 'real'), 'utf8')).to.equal('{"n":1}\n')
    }))

  it('is written before the line on stdout: who reads the line finds the file', () =>
    withFolder(async (folder) => {
      const settings = await writeJson(join(folder, 'settings.json'), targetSettings())
      const file = join(folder, 'state.json')
      const command = [...fixture('counting-target'), '--config', settings, '--state-out', file]
      const { child, finished } = startProgram(command, ['pipe', 'pipe', 'pipe'])
      child.stdin?.write(state('{"n":1}'))
      await new Promise((resolve) => child.stdout?.once('readable', resolve))
      expect(await readFile(file, 'utf8')).to.equal('{"n":1}\n')
      child.stdin?.end()
      expect((await finished).code).to.equal(0)
    }))

  it('that is no file is refused, and stays', () =>
    withFolder(async (folder) => {
      const pipe = join(folder, 'pipe')
      await run(['mkfifo', pipe])
      for (const path of [pipe, folder]) {
        const { code, stdout, stderr } = await runTarget(['--state-out', path], {}, { input: state('{"n":1}') })
        expect(code).to.equal(2)
        expect(linesOf(stdout)).to.deep.equal([])
        expect(stderr).to.equal(`CRITICAL write the state to ${path}: it is no file; name one\n`)
      }
      expect((await lstat(pipe)).isFIFO()).to.equal(true)
      expect(await readdir(folder)).to.deep.equal(['pipe'])
    }))

  it('that cannot be written is refused before anything is loaded', async () => {
    const { code, stderr } = await runTarget(['--state-out', '/no/such/folder/state.json'], {}, { input: record })
    expect(code).to.equal(2)
    expect(linesOf(stderr)).to.have.length(1)
    expect(stderr).to.match(/^CRITICAL write the state to \/no\/such\/folder\/state\.json: .*ENOENT/)
  })
})
