import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { withFileLock } from '../../tap-rest/auth/file-lock.js'
import { failure } from './authorizing.js'

const gone = 2 ** 22 + 7
const here = hostname()

interface Fact {
  readonly title: string
  readonly left: string
  /** Seconds since its last sign of life. */
  readonly age: number
  readonly isTaken: boolean
}

// biome-ignore format: one fact a line
const facts: readonly Fact[] = [
  { title: 'of a process that is gone', left: JSON.stringify({ host: here, pid: gone, id: 'x' }), age: 0, isTaken: true },
  { title: 'of an earlier process with the same number', left: JSON.stringify({ host: here, pid: process.pid, id: 'x' }), age: 0, isTaken: true },
  { title: 'of a process that lives', left: JSON.stringify({ host: here, pid: process.ppid, id: 'x' }), age: 50, isTaken: false },
  { title: 'of a process that lives, but has long been silent', left: JSON.stringify({ host: here, pid: process.ppid, id: 'x' }), age: 70, isTaken: true },
  { title: 'of another host', left: JSON.stringify({ host: 'other', pid: gone, id: 'x' }), age: 50, isTaken: false },
  { title: 'of another host that has long been silent', left: JSON.stringify({ host: 'other', pid: gone, id: 'x' }), age: 70, isTaken: true },
  { title: 'that is being written', left: '{"host":', age: 3, isTaken: false },
  { title: 'that was never written', left: '', age: 6, isTaken: true },
]

describe('tap-rest file lock', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-'))
    path = join(folder, 'lock')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const leave = async (text: string, age: number) => {
    await writeFile(path, text)
    const then = new Date(Date.now() - age * 1000)
    await utimes(path, then, then)
  }

  for (const { title, left, age, isTaken } of facts) {
    it(`${isTaken ? 'takes over' : 'respects'} a lock ${title}`, async () => {
      await leave(left, age)
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(new Error('waited')), 400)
      const outcome = await failure(withFileLock(path, abort.signal, async () => undefined))
      clearTimeout(timer)
      expect(outcome).to.equal(isTaken ? '' : 'Error: waited')
      expect(await readdir(folder)).to.deep.equal(isTaken ? [] : ['lock'])
      if (!isTaken) expect(await readFile(path, 'utf8')).to.equal(left)
    })
  }

  it('takes over what a process has left that was killed while it took over', async () => {
    const then = new Date(Date.now() - 6_000)
    await leave('', 6)
    await writeFile(`${path}.guard`, '')
    await utimes(`${path}.guard`, then, then)
    await withFileLock(path, new AbortController().signal, async () => undefined)
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('one at a time, also when all find a stale one', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await sleep(1)
      inside--
    }
    for (let round = 0; round < 20; round++) {
      await leave(JSON.stringify({ host: here, pid: gone, id: 'x' }), 0)
      await Promise.all(Array.from({ length: 4 }, () => withFileLock(path, new AbortController().signal, work)))
    }
    expect(most).to.equal(1)
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('is given back when the work fails, and when the run is aborted meanwhile', async () => {
    const abort = new AbortController()
    const failing = withFileLock(path, abort.signal, async () => {
      abort.abort(new Error('enough'))
      throw new Error('no')
    })
    expect(await failure(failing)).to.equal('Error: no')
    expect(await readdir(folder)).to.deep.equal([])
  })
})
