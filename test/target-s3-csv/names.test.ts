import { expect } from 'chai'
import fc from 'fast-check'
import { createNames, isHive, type Naming, partitionColumns, templateProblems } from '../../target-s3-csv/names.js'

const start = new Date('2026-11-21T06:39:04.567Z')
const opened = new Date('2026-11-22T00:00:01Z')

function naming(rest: Partial<Naming> = {}): Naming {
  const template = '{stream}-{timestamp}.csv'
  return { template, prefix: '', start, runId: undefined, extension: 'csv', suffix: '', ...rest }
}

function firstName(rest: Partial<Naming>, stream = 'users', partition: readonly string[] = []): string {
  return createNames(naming(rest)).of(stream, partition, opened).next()
}

describe('names of objects', () => {
  const gzip = { extension: 'csv.gz', suffix: '.gz' }
  const cases: [title: string, rest: Partial<Naming>, name: string][] = [
    ['are those of pipelinewise by default', {}, 'users-20261121T063904.csv'],
    ['take the date at which the object begins', { template: '{date}/{stream}.csv' }, '2026-11-22/users.csv'],
    ['take the run id', { template: '{run_id}/{stream}.csv', runId: 'r7' }, 'r7/users.csv'],
    ['take the start for want of a run id', { template: '{stream}/{run_id}.csv' }, 'users/20261121T063904.csv'],
    ['have the prefix before the last segment', { template: 'folder1/my.csv', prefix: 'p_' }, 'folder1/p_my.csv'],
    ['have a prefix that is a folder', { prefix: 'a/b/' }, 'a/b/users-20261121T063904.csv'],
    ['replace nothing else by the prefix', { template: 'users/{stream}/users', prefix: 'p_' }, 'users/users/p_users'],
    ['end with what the compression appends', gzip, 'users-20261121T063904.csv.gz'],
    ['end with it whatever the template says', { ...gzip, template: '{stream}.dat' }, 'users.dat.gz'],
    ['hold the extension where the template wants it', { ...gzip, template: '{stream}.{ext}' }, 'users.csv.gz'],
    ['may have no extension', { template: '{stream}' }, 'users'],
    ['number parts', { template: '{stream}-{part}.csv' }, 'users-1.csv'],
    ['number parts with leading zeros', { template: '{stream}-{part:06}.csv' }, 'users-000001.csv'],
    ['keep braces that are no placeholder', { template: 'a}{stream}{.csv' }, 'a}users{.csv'],
  ]
  for (const [title, rest, name] of cases) it(title, () => expect(firstName(rest)).to.equal(name))

  const later: [rest: Partial<Naming>, names: string[]][] = [
    [{}, ['users-20261121T063904.csv', 'users-20261121T063904-2.csv', 'users-20261121T063904-3.csv']],
    [gzip, ['users-20261121T063904.csv.gz', 'users-20261121T063904-2.csv.gz', 'users-20261121T063904-3.csv.gz']],
    [{ ...gzip, template: '{stream}.{ext}' }, ['users.csv.gz', 'users-2.csv.gz', 'users-3.csv.gz']],
    [{ template: '{stream}.csv.gz' }, ['users.csv.gz', 'users-2.csv.gz', 'users-3.csv.gz']],
    [{ template: '{stream}/{date}' }, ['users/2026-11-22', 'users/2026-11-22-2', 'users/2026-11-22-3']],
    [{ template: 'x.y/{stream}' }, ['x.y/users', 'x.y/users-2', 'x.y/users-3']],
    [{ template: '{part:03}/{stream}' }, ['001/users', '002/users', '003/users']],
  ]
  for (const [rest, names] of later) {
    it(`number later objects: ${names.join(', ')}`, () => {
      const all = createNames(naming(rest))
      const first = all.of('users', [], opened)
      expect([first.next(), first.next(), all.of('users', [], opened).next()]).to.deep.equal(names)
    })
  }

  it('of two streams that come to the same are numbered together', () => {
    const all = createNames(naming({ template: 'all.csv' }))
    expect([all.of('a', [], opened).next(), all.of('b', [], opened).next()]).to.deep.equal(['all.csv', 'all-2.csv'])
  })

  it('of a stream with dots keep them before the number', () => {
    const names = createNames(naming({ template: '{stream}' })).of('shop.orders', [], opened)
    expect([names.next(), names.next()]).to.deep.equal(['shop.orders', 'shop.orders-2'])
  })

  const streams: [stream: string, name: string][] = [
    ['a/b', 'a/b'],
    ['../../etc/passwd', '%2E%2E/%2E%2E/etc/passwd'],
    ['..', '%2E%2E'],
    ['.', '%2E'],
    ['', '_'],
    ['/root', '_/root'],
    ['a//b', 'a/_/b'],
    ['a\\..\\b', 'a%5C..%5Cb'],
    ['nul\u0000tab\t', 'nul%00tab%09'],
    ['U+0085 is \u0085', 'U+0085 is %C2%85'],
    ['Straße 日本 🚀', 'Straße 日本 🚀'],
    ['{date}', '{date}'],
    ['$& %20', '$& %20'],
  ]
  for (const [stream, name] of streams) {
    it(`of the stream ${JSON.stringify(stream)} are safe: ${name}`, () => {
      expect(firstName({ template: '{stream}' }, stream)).to.equal(name)
    })
  }

  const values: [value: string, text: string][] = [
    ['DE', 'country=DE'],
    ['', 'country=__HIVE_DEFAULT_PARTITION__'],
    ['a/b=c:d%', 'country=a%2Fb%3Dc%3Ad%25'],
    ["it's *?", 'country=it%27s %2A%3F'],
    ['é', 'country=é'],
  ]
  for (const [value, text] of values) {
    it(`hold ${JSON.stringify(value)} as Hive writes it: ${text}`, () => {
      expect(firstName({ template: 'country={column:country}/{stream}.csv' }, 'users', [value])).to.equal(
        `${text}/users.csv`,
      )
    })
  }

  it('of a value alone cannot leave the folder', () => {
    expect(firstName({ template: '{column:a}/{column:b}/x' }, 'users', ['..', '.'])).to.equal('%2E%2E/%2E/x')
  })

  it('repeat a column that stands twice', () => {
    expect(firstName({ template: '{column:b}/{column:a}/{column:b}' }, 'users', ['B', 'A'])).to.equal('B/A/B')
  })

  it('fit on a disk, stay apart and keep their end', () => {
    const long = (end: string) => firstName({}, `${'日本'.repeat(60)}${end}`)
    expect(Buffer.byteLength(long('1'))).to.be.at.most(255)
    expect(long('1')).to.not.equal(long('2'))
    expect(long('1')).to.match(/^日本.*~[0-9a-f]{16}.*-20261121T063904\.csv$/)
  })

  it('never repeat, never leave the folder, whatever streams are called', () => {
    const stream = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[./\\a]{0,8}$/))
    fc.assert(
      fc.property(fc.array(stream, { minLength: 1, maxLength: 8 }), (called) => {
        const names = createNames(naming({ template: '{stream}/{stream}.csv' }))
        const made = called.map((name) => names.of(name, [], opened).next())
        for (const name of made) {
          expect(name.split('/')).to.not.include.members(['..'])
          expect(name).to.not.match(/\p{Cc}|^\//u)
        }
        expect(new Set(made).size).to.equal(made.length)
      }),
    )
  })
})

describe('name templates', () => {
  const problems: [template: string, problem: RegExp | undefined][] = [
    ['{stream}-{timestamp}.csv', undefined],
    ['{date}/{column:a}/{part:06}{run_id}.{ext}', undefined],
    ['{streams}.csv', /unknown placeholder \{streams\}; known: \{stream\}/],
    ['{stream:x}.csv', /takes no argument/],
    ['{column}.csv', /needs the name of a column/],
    ['{part:6}.csv', /\{part:06\}/],
    ['../{stream}.csv', /\.\./],
    ['{stream}/', /end with/],
    ['', /end with/],
  ]
  for (const [template, problem] of problems) {
    it(`${template || 'an empty one'}: ${problem ?? 'fine'}`, () => {
      if (problem) expect(templateProblems(template).join('\n')).to.match(problem)
      else expect(templateProblems(template)).to.deep.equal([])
    })
  }

  it('name their partition columns in order, each once', () => {
    expect(partitionColumns('{column:b}/{column:a}/{column:b}.csv')).to.deep.equal(['b', 'a'])
  })

  it('are of the Hive kind when each column stands as column=value', () => {
    expect(isHive('a={column:a}/b={column:b}/x.csv')).to.equal(true)
    expect(isHive('a={column:a}/{column:b}/x.csv')).to.equal(false)
    expect(isHive('{stream}.csv')).to.equal(false)
  })
})
