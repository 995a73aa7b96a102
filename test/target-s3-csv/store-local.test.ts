import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { TargetError } from '../../singer/errors.js'
import type { ObjectNames } from '../../target-s3-csv/names.js'
import { createLocalStore } from '../../target-s3-csv/store-local.js'

/** a.csv, a-2.csv, a-3.csv, … */
function names(...given: string[]): ObjectNames {
  let n = 0
  return { next: () => given[n++] ?? 'exhausted' }
}

async function problemOf(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => expect.fail('it worked'),
    (problem) => problem,
  )
}

describe('the local store', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'store-local-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('makes folders, and shows a file only when it is finished', async () => {
    const upload = await createLocalStore(join(folder, 'new')).open(names('a/b/c.csv'), 'text/csv')
    await upload.append(Buffer.from('one\n'))
    await upload.append(Buffer.from('two\n'))
    expect((await readdir(join(folder, 'new/a/b'))).filter((name) => !name.startsWith('.'))).to.deep.equal([])
    expect(await upload.finish()).to.equal(join(folder, 'new/a/b/c.csv'))
    expect(await readdir(join(folder, 'new/a/b'))).to.deep.equal(['c.csv'])
    expect(await readFile(join(folder, 'new/a/b/c.csv'), 'utf8')).to.equal('one\ntwo\n')
  })

  it('never replaces a file: the next free name is taken', async () => {
    await writeFile(join(folder, 'a.csv'), 'old')
    await writeFile(join(folder, 'a-2.csv'), 'old')
    const upload = await createLocalStore(folder).open(names('a.csv', 'a-2.csv', 'a-3.csv'), 'text/csv')
    await upload.append(Buffer.from('new'))
    expect(await upload.finish()).to.equal(join(folder, 'a-3.csv'))
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).to.equal('old')
    expect(await readFile(join(folder, 'a-3.csv'), 'utf8')).to.equal('new')
  })

  it('gives each of many that want the same name at once its own', async () => {
    const store = createLocalStore(folder)
    const all = Array.from({ length: 20 }, (_, n) => `a-${n}.csv`)
    const written = await Promise.all(
      all.map(async (content) => {
        const upload = await store.open(names(...all), 'text/csv')
        await upload.append(Buffer.from(content))
        return await upload.finish()
      }),
    )
    expect(new Set(written).size).to.equal(20)
    expect(await readdir(folder)).to.have.members(all)
  })

  it('leaves nothing after an abort, also twice, also after the end', async () => {
    const store = createLocalStore(folder)
    const upload = await store.open(names('a.csv'), 'text/csv')
    await upload.append(Buffer.from('half'))
    await Promise.all([upload.abort(), upload.abort()])
    expect(await readdir(folder)).to.deep.equal([])
    const whole = await store.open(names('b.csv'), 'text/csv')
    await whole.finish()
    await whole.abort()
    expect(await readdir(folder)).to.deep.equal(['b.csv'])
  })

  it('holds no path outside of its folder', async () => {
    const problem = await problemOf(createLocalStore(folder).open(names('../a.csv'), 'text/csv'))
    expect(problem).to.be.instanceOf(TargetError)
    expect(problem.message).to.match(/lies outside of/)
  })

  it('says which path is not a folder', async () => {
    await writeFile(join(folder, 'file'), '')
    const problem = await problemOf(createLocalStore(join(folder, 'file')).open(names('a.csv'), 'text/csv'))
    expect(problem).to.be.instanceOf(TargetError)
    expect(problem.message).to.match(/file.*change output_path \((EEXIST|ENOTDIR)\)/)
  })

  it('says when it may not write there', async () => {
    // Nobody may make a folder in /sys, not even root.
    const problem = await problemOf(createLocalStore('/sys/tapline').open(names('a.csv'), 'text/csv'))
    expect(problem.message).to.match(/make a file in \/sys\/tapline: .*change output_path \((EACCES|EPERM|EROFS)\)/)
  })
})
