import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { cached, projectFolder } from './cache.js'
import { startDaemon } from './daemon.js'

describe('a server of the tests', () => {
  it('ends with the process that started it, also by kill -9, and its folder with it', async () => {
    const script = `
      const { startDaemon } = await import('${projectFolder}/dist/test/support/daemon.js')
      await startDaemon({
        name: 'sleep',
        command: async (folder) => { process.stdout.write(folder); return ['sleep', '1000'] },
        isReady: async () => true,
      })`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [folder] = (await once(owner.stdout, 'data')).map(String)
    for (let wait = 0; !existsSync(join(String(folder), 'log')) && wait < 100; wait++) await sleep(50)
    owner.kill('SIGKILL')
    for (let wait = 0; existsSync(String(folder)) && wait < 100; wait++) await sleep(50)
    expect(existsSync(String(folder))).to.equal(false)
  })

  it('says why when it ends at its start', async () => {
    const failing = startDaemon({
      name: 'false',
      command: async () => ['sh', '-c', 'echo no such disk; exit 1'],
      isReady: async () => false,
    })
    expect(await failing.catch((cause: Error) => cause.message)).to.match(/^false ended at its start:\nno such disk/)
  })
})

describe('the cache', () => {
  it('builds once when two ask at the same time, and leaves nothing else', async () => {
    const name = `test-${process.pid}`
    const folders = await Promise.all([1, 2].map(() => cached(name, (folder) => writeFile(join(folder, 'a'), ''))))
    try {
      expect(folders[0]).to.equal(folders[1])
      expect(await readdir(join(projectFolder, '.cache'))).to.satisfy(
        (names: string[]) => names.filter((other) => other.startsWith(name)).length === 1,
      )
      expect(await readdir(String(folders[0]))).to.deep.equal(['a'])
    } finally {
      await rm(String(folders[0]), { recursive: true })
    }
  })

  it('keeps nothing of a build that failed', async () => {
    const name = `broken-${process.pid}`
    const failing = cached(name, async () => {
      throw new Error('no network')
    })
    expect(await failing.catch((cause: Error) => cause.message)).to.equal('no network')
    expect((await readdir(join(projectFolder, '.cache'))).filter((other) => other.startsWith(name))).to.deep.equal([])
  })
})
