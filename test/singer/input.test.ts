import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { startPipe, startProgram, uncovered, withFolder, writeJson } from '../support/bins.js'
import { fixture, run, runTarget, targetSettings } from './programs.js'

/** What the counting target says in the end. */
function counted(stderr: string): { lines: number; idle: number; longest: number } {
  const [, lines, idle, longest] = /^INFO counted lines=(\d+) idle=(\d+) longest=(\d+)$/m.exec(stderr) ?? []
  expect(lines, stderr).to.be.a('string')
  return { lines: Number(lines), idle: Number(idle), longest: Number(longest) }
}

const line = '{"type":"RECORD","stream":"a","record":{"note":"\u2028"}}'

describe('the input of a target', () => {
  const texts: [what: string, text: string, lines: number][] = [
    ['nothing', '', 0],
    ['a line', `${line}\n`, 1],
    ['a last line without its end', `${line}\n${line}`, 2],
    ['many runs', `${line}\n`.repeat(100_000), 100_000],
  ]
  for (const [what, text, lines] of texts) {
    it(`${what}: from a socket, a pipe, a file on stdin and --input`, () =>
      withFolder(async (folder) => {
        const file = join(folder, 'messages')
        await writeFile(file, text)
        const settings = await writeJson(join(folder, 'settings.json'), targetSettings())
        const command = [...fixture('counting-target'), '--config', settings]
        const shell = (rest: string) => run(['sh', '-c', `'${command.join("' '")}' ${rest}`])
        const runs = [
          run(command, { input: text }),
          shell(`< '${file}'`),
          run(['sh', '-c', `cat '${file}' | '${command.join("' '")}'`]),
          run([...command, '--input', file]),
        ]
        for (const { code, stderr } of await Promise.all(runs)) {
          expect(code, stderr).to.equal(0)
          expect(counted(stderr).lines).to.equal(lines)
        }
      }))
  }

  for (const text of [`\ufeff${line}\n${line}\n`, `\ufeff${line}`]) {
    it(`may begin with a byte order mark: ${text.length} characters`, async () => {
      const { code, stderr } = await runTarget([], {}, { input: text })
      expect(code, stderr).to.equal(0)
      expect(counted(stderr).longest).to.equal(Buffer.byteLength(line) + 1)
    })
  }

  it('holds no other byte order mark than at its very beginning', async () => {
    for (const input of [`${line}\n\ufeff${line}\n`, `\ufeff\ufeff${line}\n`]) {
      expect((await runTarget([], {}, { input })).code).to.equal(1)
    }
  })

  it('may be a named pipe', () =>
    withFolder(async (folder) => {
      const pipe = join(folder, 'pipe')
      execFileSync('mkfifo', [pipe])
      const ended = runTarget(['--input', pipe])
      await run(['sh', '-c', `echo '${line}' > '${pipe}'`])
      expect(counted((await ended).stderr).lines).to.equal(1)
    }))

  it('may be a terminal', () =>
    withFolder(async (folder) => {
      const settings = await writeJson(join(folder, 'settings.json'), targetSettings())
      const script = join(folder, 'run.sh')
      const target = `'${[...fixture('counting-target'), '--config', settings].join("' '")}'`
      await writeFile(script, `${target} 2> '${folder}/log'; cat '${folder}/log'\n`)
      const { stdout } = await run(['script', '-qec', `sh ${script}`, '/dev/null'], {
        input: `${line}\n${line}\n\u0004`,
      })
      expect(counted(stdout.toString().replaceAll('\r', '')).lines).to.equal(2)
    }))

  it('may be gone: nothing on stdin', async () => {
    const { code, stderr } = await withFolder(async (folder) => {
      const settings = await writeJson(join(folder, 'settings.json'), targetSettings())
      return startProgram([...fixture('counting-target'), '--config', settings], ['ignore', 'pipe', 'pipe']).finished
    })
    expect(code).to.equal(0)
    expect(counted(stderr).lines).to.equal(0)
  })

  it('that is missing is named', async () => {
    const { code, stderr } = await runTarget(['--input', '/no/such/file'])
    expect(code).to.equal(2)
    expect(stderr).to.match(/^CRITICAL read the input \/no\/such\/file: ENOENT/m)
  })

  it('gives a chance each second when nothing comes', () =>
    withFolder(async (folder) => {
      const settings = await writeJson(join(folder, 'settings.json'), targetSettings())
      const command = [...fixture('counting-target'), '--config', settings]
      const { child, finished } = startProgram(command, ['pipe', 'pipe', 'pipe'], { env: { LOGLEVEL: 'DEBUG' } })
      child.stdin?.write(line.slice(0, 10))
      await new Promise((resolve) => child.stderr?.once('readable', resolve))
      child.stdin?.end(line.slice(10))
      const { stderr } = await finished
      expect(stderr).to.match(/^DEBUG idle times=1$/m)
      expect(counted(stderr).lines).to.equal(1)
    }))

  it('is not read ahead of a slow target: memory stays flat', () =>
    withFolder(async (folder) => {
      const settings = await writeJson(join(folder, 'settings.json'), targetSettings({ slow_ms: 100 }))
      const { target } = await startPipe(['yes', line], [...fixture('counting-target'), '--config', settings], {
        env: uncovered,
      })
      await sleep(2000)
      target.child.kill('SIGTERM')
      const { code, peakMb } = await target.finished
      expect(code).to.equal(143)
      expect(peakMb).to.be.lessThan(120)
    }))

  it('may have lines of 60 MiB; they cost their own size about twice', async () => {
    const long = Buffer.concat([
      Buffer.from('{"type":"RECORD","stream":"a","record":{"note":"'),
      Buffer.alloc(60 << 20, 'x'),
      Buffer.from('"}}\n'),
    ])
    const input = Buffer.concat([Buffer.from(`${line}\n`), long, Buffer.from(`${line}\n`.repeat(1000))])
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'messages'), input)
      const settings = await writeJson(join(folder, 'settings.json'), targetSettings())
      const file = openSync(join(folder, 'messages'), 'r')
      const target = `'${[...fixture('counting-target'), '--config', settings].join("' '")}'`
      const piped = run(['sh', '-c', `cat '${join(folder, 'messages')}' | exec ${target}`], { env: uncovered })
      const { finished } = startProgram([...fixture('counting-target'), '--config', settings], [file, 'pipe', 'pipe'], {
        env: uncovered,
      })
      closeSync(file)
      for (const { code, stderr, peakMb } of await Promise.all([finished, piped])) {
        expect(code, stderr).to.equal(0)
        expect(counted(stderr)).to.deep.include({ lines: 1002, longest: long.length })
        expect(peakMb).to.be.lessThan(250)
      }
    })
  })
})
