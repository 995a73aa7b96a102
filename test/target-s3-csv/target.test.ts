import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { ConfigError, ProtocolError } from '../../singer/errors.js'
import { filesOf, ids, inTurn, type Loaded, load, record, records, running, schema, state, version } from './loading.js'

const text = { type: ['null', 'string'] }

async function problemOf(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => expect.fail('it worked'),
    (problem) => problem,
  )
}

describe('objects of the target', () => {
  let output_path = ''
  beforeEach(async () => {
    output_path = await mkdtemp(join(tmpdir(), 'target-'))
  })
  afterEach(() => rm(output_path, { recursive: true, force: true }))

  it('a stream is one object, with the columns of its SCHEMA', async () => {
    const loaded = await load({ output_path }, [ids('users'), records('users', 1, 3), state({ n: 1 })])
    expect(await filesOf(output_path)).to.deep.equal({ 'users-T.csv': 'id\n1\n2\n' })
    expect(loaded.states).to.deep.equal(['{"n":1}'])
    expect([...loaded.records]).to.deep.equal([['users', 2]])
  })

  it('a stream without records is none', async () => {
    const loaded = await load({ output_path }, [ids('users'), state({ n: 1 }), version('users', 1)])
    expect(await readdir(output_path)).to.deep.equal([])
    expect(loaded.states).to.deep.equal(['{"n":1}'])
  })

  const rotations: [title: string, config: object, files: number[]][] = [
    ['rows', { max_object_rows: 4 }, [4, 4, 2]],
    ['one row', { max_object_rows: 1 }, Array(10).fill(1)],
    ['rows, by its other name', { max_batch_size: 4 }, [4, 4, 2]],
    ['rows, exactly at the end', { max_object_rows: 5 }, [5, 5]],
    ['bytes', { max_object_bytes: 8 }, [4, 4, 2]],
    ['nothing', { max_object_rows: 0, max_object_bytes: 0, max_object_age: 0 }, [10]],
  ]
  for (const [title, config, sizes] of rotations) {
    for (const blocks of [1, 10]) {
      it(`are rotated by ${title}, the input in ${blocks} blocks`, async () => {
        const each = 10 / blocks
        const input = Array.from({ length: blocks }, (_, n) => records('users', n * each, (n + 1) * each))
        const loaded = await load({ output_path, ...config }, [ids('users'), ...input, state({ n: 1 })])
        const files = await filesOf(output_path)
        const names = sizes.map((_, n) => (n === 0 ? 'users-T.csv' : `users-T-${n + 1}.csv`))
        expect(Object.keys(files)).to.deep.equal(names)
        const rows = Object.values(files).map((content) => content.trimEnd().split('\n').slice(1))
        expect(rows.flat()).to.deep.equal(Array.from({ length: 10 }, (_, id) => String(id)))
        expect(rows.map(({ length }) => length)).to.deep.equal(sizes)
        expect(loaded.states).to.deep.equal(['{"n":1}'])
      })
    }
  }

  it('are no larger than max_object_bytes, but for the last row', async () => {
    const config = { output_path, max_object_bytes: 5000 }
    await load(config, [schema('s', { id: {}, text }), records('s', 0, 2000, { text: 'x'.repeat(50) })])
    const files = Object.values(await filesOf(output_path))
    expect(files.length).to.be.above(15)
    for (const file of files) expect(file.length).to.be.below(5100)
  })

  it('are rotated by compressed bytes where they are compressed', async () => {
    const config = { output_path, compression: 'gzip', max_object_bytes: 100_000 }
    const blocks = Array.from({ length: 40 }, (_, n) =>
      records('s', n * 2000, (n + 1) * 2000, { text: 'y'.repeat(60) }),
    )
    await load(config, [schema('s', { id: {}, text }), ...blocks])
    const sizes = Object.values(await filesOf(output_path)).map(({ length }) => length)
    expect(sizes.length).to.be.within(1, 20)
    expect(Math.max(...sizes)).to.be.above(200_000)
  })

  it('are finished when they are old, also while nothing comes', async () => {
    async function* input() {
      yield ids('users')
      yield records('users', 0, 2)
      yield state({ n: 2 })
      for (let idle = 0; idle < 15; idle++) {
        await sleep(200)
        yield ''
      }
      expect(states).to.deep.equal(['{"n":2}'])
      yield records('users', 2, 3)
    }
    const states: string[] = []
    const loaded: Loaded = { states, logged: [], records: new Map() }
    const { signal } = new AbortController()
    for await (const text of running({ output_path, max_object_age: 1 }, input(), { signal, loaded })) states.push(text)
    expect(await filesOf(output_path)).to.deep.equal({ 'users-T.csv': 'id\n0\n1\n', 'users-T-2.csv': 'id\n2\n' })
  })

  it('begin anew with a changed SCHEMA, and stay with one that only looks different', async () => {
    const one = { id: { type: 'integer' }, a: text }
    const input = [
      schema('users', one),
      record('users', { id: 1, a: 'x' }),
      schema('users', { ...one }),
      record('users', { id: 2, a: 'y' }),
      schema('users', { ...one, b: text }),
      record('users', { id: 3, b: 'new' }),
      schema('users', { id: { type: 'integer' } }),
      record('users', { id: 4 }),
      state({ n: 4 }),
    ]
    for (const blocks of [input, [input.join('')]]) {
      await rm(output_path, { recursive: true })
      const loaded = await load({ output_path }, blocks)
      expect(await filesOf(output_path)).to.deep.equal({
        'users-T.csv': 'id,a\n1,x\n2,y\n',
        'users-T-2.csv': 'id,a,b\n3,,new\n',
        'users-T-3.csv': 'id\n4\n',
      })
      expect(loaded.states).to.deep.equal(['{"n":4}'])
    }
  })

  it('end with a version, and the next rows go into the next one', async () => {
    const input = [ids('a'), ids('b'), records('a', 0, 2), records('b', 0, 1), version('a', 7), records('a', 2, 3)]
    const loaded = await load({ output_path }, [input.join('')])
    expect(await filesOf(output_path)).to.deep.equal({
      'a-T.csv': 'id\n0\n1\n',
      'a-T-2.csv': 'id\n2\n',
      'b-T.csv': 'id\n0\n',
    })
    expect(loaded.logged.join('\n')).to.match(/version activated.*"stream":"a","version":7/)
  })

  it('are one for each value of a column in their name', async () => {
    const config = {
      output_path,
      naming_convention: '{stream}/country={column:country}/{part}.csv',
      max_object_rows: 2,
    }
    const rows = ['DE', 'FR', 'DE', null, 'DE', '', 'a/b'].map((country, id) => record('s', { id, country }))
    await load(config, [schema('s', { id: { type: 'integer' }, country: text }), rows.join('')])
    expect(await filesOf(output_path)).to.deep.equal({
      's/country=__HIVE_DEFAULT_PARTITION__/1.csv': 'id\n3\n5\n',
      's/country=a%2Fb/1.csv': 'id\n6\n',
      's/country=DE/1.csv': 'id\n0\n2\n',
      's/country=DE/2.csv': 'id\n4\n',
      's/country=FR/1.csv': 'id\n1\n',
    })
  })

  it('a column in the name that the stream lacks is a problem of the settings', async () => {
    const config = { output_path, naming_convention: '{column:country}/{stream}.csv' }
    expect(await problemOf(load(config, [ids('s')]))).to.be.instanceOf(ConfigError)
  })

  it('of odd streams stay in the folder, each its own', async () => {
    const streams = [
      '../up',
      '../../etc/x',
      '.',
      '..',
      'a/b',
      '/abs',
      'shop.orders',
      'größe 日本',
      'x'.repeat(300),
      '-T',
      'nul\0',
    ]
    const config = { output_path, naming_convention: '{stream}' }
    await load(
      config,
      streams.map((stream) => ids(stream) + records(stream, 0, 1)),
    )
    expect(Object.values(await filesOf(output_path))).to.deep.equal(streams.map(() => 'id\n0\n'))
    expect(await readdir(join(output_path, '..'))).to.not.include('up')
  })

  it('of many runs in one second are all kept', async () => {
    const runs = Array.from({ length: 6 }, (_, n) => load({ output_path }, [ids('users'), records('users', n, n + 1)]))
    await Promise.all(runs)
    const contents = Object.values(await filesOf(output_path))
    expect(contents.toSorted((a, b) => a.localeCompare(b))).to.deep.equal([0, 1, 2, 3, 4, 5].map((n) => `id\n${n}\n`))
  })

  it('with gzip are whole files of several members', async () => {
    const config = { output_path, compression: 'gzip', compression_level: 6 }
    const blocks = Array.from({ length: 30 }, (_, n) =>
      records('s', n * 3000, (n + 1) * 3000, { text: 'z'.repeat(60) }),
    )
    await load(config, [schema('s', { id: {}, text }), ...blocks])
    const files = await filesOf(output_path)
    expect(Object.keys(files)).to.deep.equal(['s-T.csv.gz'])
    const lines = String(files['s-T.csv.gz']).trimEnd().split('\n')
    expect(lines[0]).to.equal('id,text')
    expect(lines.length).to.equal(90_001)
    expect(lines.slice(1).every((row, id) => row === `${id},${'z'.repeat(60)}`)).to.equal(true)
  })

  for (const compression of ['none', 'gzip']) {
    it(`begin with their header, also before a row of some megabytes: ${compression}`, async () => {
      const text = 'x'.repeat(5 << 20)
      const messages = schema('s', { text: { type: 'string' } }) + record('s', { text }) + record('s', { text: 'y' })
      const config = { output_path, naming_convention: 's.csv', compression }
      await load(config, [messages])
      const [content] = Object.values(await filesOf(output_path))
      expect(content === `text\n${text}\ny\n`).to.equal(true)
    })
  }

  it('of many streams in turn stay one each, where memory is short: rows move to their files', async () => {
    const streams = Array.from({ length: 40 }, (_, n) => `s${n}`)
    const config = { output_path, memory_bytes: 16 << 20 }
    const loaded = await load(config, inTurn(streams, 8))
    const files = await filesOf(output_path)
    expect(Object.keys(files)).to.deep.equal(streams.map((stream) => `${stream}-T.csv`))
    for (const content of Object.values(files)) expect(content.split('\n').length).to.equal(802)
    expect(loaded.states).to.deep.equal(['{"n":1}'])
  })

  it('leave nothing when the run fails: no file, no state', async () => {
    const bad = record('a', { id: 'none' })
    const input = [ids('a') + ids('b') + records('a', 0, 5) + records('b', 0, 5), state({ n: 5 }), bad, state({ n: 6 })]
    const states: string[] = []
    const loaded: Loaded = { states, logged: [], records: new Map() }
    const { signal } = new AbortController()
    const problem = await problemOf(
      (async () => {
        for await (const text of running({ output_path }, input, { signal, loaded })) states.push(text)
      })(),
    )
    expect(problem).to.be.instanceOf(ProtocolError)
    expect(states).to.deep.equal([])
    expect(await filesOf(output_path)).to.deep.equal({})
  })

  it('leave only what is complete when the run is stopped', async () => {
    const stop = new AbortController()
    async function* input() {
      yield ids('a') + records('a', 0, 4) + state({ n: 4 }) + records('a', 4, 5) + state({ n: 5 })
      yield records('a', 5, 6)
      stop.abort()
      yield records('a', 6, 20)
    }
    const loaded = await load({ output_path, max_object_rows: 4 }, input(), stop.signal)
    expect(loaded.states).to.deep.equal(['{"n":4}'])
    expect(await filesOf(output_path)).to.deep.equal({ 'a-T.csv': 'id\n0\n1\n2\n3\n' })
  })
})

describe('states of the target', () => {
  let output_path = ''
  beforeEach(async () => {
    output_path = await mkdtemp(join(tmpdir(), 'target-'))
  })
  afterEach(() => rm(output_path, { recursive: true, force: true }))

  it('pass at once where no record came before them', async () => {
    async function* input() {
      for (const n of [1, 2, 3]) {
        yield state({ n })
        expect(states).to.have.length(n)
      }
    }
    const states: string[] = []
    const loaded: Loaded = { states, logged: [], records: new Map() }
    const { signal } = new AbortController()
    for await (const text of running({ output_path }, input(), { signal, loaded })) states.push(text)
  })

  it('wait for rows that are in no object yet', async () => {
    async function* input() {
      yield ids('a') + records('a', 0, 1) + state({ n: 1 })
      yield ''
      expect(states).to.deep.equal([])
    }
    const states: string[] = []
    const loaded: Loaded = { states, logged: [], records: new Map() }
    const { signal } = new AbortController()
    for await (const text of running({ output_path }, input(), { signal, loaded })) states.push(text)
    expect(states).to.deep.equal(['{"n":1}'])
  })

  it('of two streams in turn, small objects: each printed one is eligible, the last is the last received', async () => {
    async function* input() {
      yield ids('a') + ids('b')
      for (let n = 0; n < 60; n++) {
        yield records('a', n, n + 1) +
          (n % 3 === 0 ? records('b', n, n + 1) : '') +
          state({ a: n + 1, b: Math.floor(n / 3) + 1 })
      }
    }
    const states: string[] = []
    const loaded: Loaded = { states, logged: [], records: new Map() }
    const { signal } = new AbortController()
    for await (const text of running({ output_path, max_object_rows: 4 }, input(), { signal, loaded })) {
      const counts: Record<string, number> = JSON.parse(text)
      const files = Object.entries(await filesOf(output_path)).filter(([name]) => !name.startsWith('.'))
      for (const stream of ['a', 'b']) {
        const rows = files
          .filter(([name]) => name.startsWith(`${stream}-`))
          .flatMap(([, content]) => content.trimEnd().split('\n').slice(1))
        expect(rows.length, `${text}, rows of ${stream}`).to.be.at.least(counts[stream] ?? 0)
      }
      states.push(text)
    }
    expect(states.length).to.be.above(5)
    expect(states.at(-1)).to.equal('{"a":60,"b":20}')
  })
})

describe('records that break their schema', () => {
  let output_path = ''
  beforeEach(async () => {
    output_path = await mkdtemp(join(tmpdir(), 'target-'))
  })
  afterEach(() => rm(output_path, { recursive: true, force: true }))

  const input = [
    ids('a'),
    records('a', 0, 2),
    '{"type":"RECORD","stream":"a","record":{"id": "x",  "n":1.10}}\n',
    records('a', 2, 3),
    state({ n: 3 }),
  ]

  it('stop the run by default', async () => {
    const problem = await problemOf(load({ output_path }, input))
    expect(problem.message).to.match(/line 4.*stream a.*column id/)
    expect(problem.message).to.not.include('"x"')
  })

  it('are kept apart, byte for byte, where that is wanted, and counted', async () => {
    const loaded = await load({ output_path, invalid_records: 'dead_letter' }, input)
    const files = await filesOf(output_path)
    expect(Object.keys(files)).to.deep.equal(['_invalid/a-T.ndjson', 'a-T.csv'])
    expect(files['a-T.csv']).to.equal('id\n0\n1\n2\n')
    const letters = String(files['_invalid/a-T.ndjson'])
    expect(letters).to.match(/,"record":\{"id": "x", {2}"n":1\.10\}\}\n$/)
    expect(JSON.parse(letters)).to.include({ stream: 'a', line: 4, column: 'id' })
    expect(loaded.states).to.deep.equal(['{"n":3}'])
    expect([...loaded.records]).to.deep.equal([['a', 3]])
    expect(loaded.logged.join('\n')).to.match(/stream a: records broke their schema.*"records":1/)
  })

  it('have names beside those of the rows, whatever the template and compression', async () => {
    const config = { output_path, invalid_records: 'dead_letter', compression: 'gzip', s3_key_prefix: 'p/q_' }
    await load({ ...config, naming_convention: '{date}/{stream}.{ext}' }, [ids('a') + record('a', { id: 'x' })])
    const [name, ...others] = Object.keys(await filesOf(output_path))
    expect(name).to.match(/^\d{4}-\d\d-\d\d\/p\/_invalid\/q_a\.ndjson$/)
    expect(others).to.deep.equal([])
  })

  it('are written before the states after them', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => record('a', { id: `x${n}` }) + state({ n })).join('')
    const loaded = await load({ output_path, invalid_records: 'dead_letter' }, [ids('a'), many])
    expect(loaded.states).to.deep.equal(['{"n":2999}'])
    const letters = Object.values(await filesOf(output_path))
      .join('')
      .trimEnd()
      .split('\n')
    expect(letters.length).to.equal(3000)
  })

  it('leave nothing when the run fails after all', async () => {
    const broken = [...input, '{"type":"RECORD","stream":"none","record":{}}\n']
    await problemOf(load({ output_path, invalid_records: 'dead_letter' }, broken))
    expect(await filesOf(output_path)).to.deep.equal({})
  })
})
