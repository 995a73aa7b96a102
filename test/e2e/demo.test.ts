import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { startProgram, withFolder } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'

describe('the demo', () => {
  for (const args of [[], ['--s3']]) {
    it(`${['npm run demo', ...args].join(' ')}: all as expected, nothing left but its output`, async () => {
      await withFolder(async (folder) => {
        const command = [process.execPath, join(projectFolder, 'dist/demo/main.js'), ...args]
        const { code, stdout, stderr } = await startProgram(command, ['ignore', 'pipe', 'pipe'], { cwd: folder })
          .finished
        expect(code, stdout + stderr).to.equal(0)
        expect(stdout.toString().match(/✓/g)).to.have.length(5)
        expect(stderr).to.equal('')
        expect(await readdir(folder)).to.deep.equal(['demo-output'])
      })
    })
  }
})
