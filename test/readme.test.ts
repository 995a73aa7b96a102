import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { projectFolder } from './support/cache.js'

const folders = ['.', 'tap-mongo', 'tap-mysql', 'tap-rest', 'target-s3-csv']
const pages = [...folders.map((folder) => join(folder, 'README.md')), 'CONTRIBUTING.md', 'CHANGELOG.md']

describe('the documentation', () => {
  it('lists the settings that the programs have', async () => {
    const { stderr } = await promisify(execFile)(process.execPath, [join(projectFolder, 'scripts/docs.mjs'), '--check'])
    expect(stderr).to.equal('')
  })

  for (const page of pages) {
    it(`${page} links only to files that exist`, async () => {
      const text = await readFile(join(projectFolder, page), 'utf8')
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, link]) => link ?? '')
      const missing = links.filter((link) => !existsSync(join(projectFolder, dirname(page), link)))
      expect(missing).to.deep.equal([])
    })
  }

  it('names every connector in the README', async () => {
    const text = await readFile(join(projectFolder, 'README.md'), 'utf8')
    const connectors = (await readdir(projectFolder)).filter((name) => /^(tap|target)-/.test(name))
    for (const name of connectors) expect(text).to.include(`(${name}/README.md)`)
  })
})
