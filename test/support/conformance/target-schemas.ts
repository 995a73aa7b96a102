import { expect } from 'chai'
import type { Rules } from './rules.js'
import { integer, record, rowsOf, schema, state, string, type TargetProgram, wire } from './target-program.js'

export const schemas: Rules<TargetProgram> = {
  'columns come from SCHEMA, in its order, whatever the order in the records': async ({ load }) => {
    const { place } = await load(
      wire(
        schema('a', { z: integer, a: string, m: integer }),
        record('a', { m: 3, z: 1, a: 'two' }),
        record('a', { a: 'two' }),
        record('a', {}),
      ),
    )
    expect(await place.read('a')).to.deep.equal([
      {
        columns: ['z', 'a', 'm'],
        rows: [
          ['1', 'two', '3'],
          [null, 'two', null],
          [null, null, null],
        ],
      },
    ])
  },

  'null and the empty string stay two things': async ({ load }) => {
    const { place } = await load(
      wire(
        schema('a', { id: integer, text: string }),
        record('a', { id: 1, text: '' }),
        record('a', { id: 2, text: null }),
      ),
    )
    expect(await rowsOf(place, 'a')).to.deep.equal([
      ['1', ''],
      ['2', null],
    ])
  },

  'an identical SCHEMA again changes nothing, whatever the order of its keys': async ({ load }) => {
    const first = schema('a', { id: integer, text: string }, ['id'])
    const again =
      '{"key_properties":["id"],"stream":"a","schema":{"properties":{"id":{"type":["null","integer"]},"text":{"type":["null","string"]}},"type":"object"},"type":"SCHEMA"}'
    const rows = [1, 2, 3].flatMap((id) => [first, record('a', { id, text: 'x' }), again])
    const { place } = await load(wire(...rows))
    expect(await place.read('a')).to.have.length(1)
    expect(await rowsOf(place, 'a')).to.have.length(3)
  },

  'a column that appears mid-run arrives in a new piece with the new header; none is dropped or shifted': async ({
    load,
  }) => {
    const { place } = await load(
      wire(
        schema('a', { id: integer, old: string }),
        record('a', { id: 1, old: 'one' }),
        schema('a', { first: integer, id: integer }),
        record('a', { id: 2, first: 20 }),
        record('a', { first: 30, id: 3 }),
      ),
    )
    const pieces = await place.read('a')
    expect(pieces).to.have.length(2)
    expect(pieces[0]).to.deep.equal({ columns: ['id', 'old'], rows: [['1', 'one']] })
    const rows = pieces[1]?.rows.map((row) =>
      Object.fromEntries(row.map((value, at) => [pieces[1]?.columns[at], value])),
    )
    expect(rows?.map(({ id, first }) => ({ id, first }))).to.deep.equal([
      { id: '2', first: '20' },
      { id: '3', first: '30' },
    ])
  },

  'ACTIVATE_VERSION loses no row and lets later states pass': async ({ load }) => {
    const versioned = (id: number, version: number) => ({ ...record('a', { id }), version })
    const { place, states } = await load(
      wire(
        schema('a', { id: integer }),
        { type: 'ACTIVATE_VERSION', stream: 'a', version: 2 },
        versioned(1, 2),
        { type: 'ACTIVATE_VERSION', stream: 'a', version: 2 },
        state({ done: 1 }),
        versioned(2, 3),
        { type: 'ACTIVATE_VERSION', stream: 'a', version: 3 },
        state({ done: 2 }),
      ),
    )
    expect(await rowsOf(place, 'a')).to.deep.equal([['1'], ['2']])
    expect(states.at(-1)).to.equal('{"done":2}')
  },

  "a log-based tap's _sdc_deleted_at is data": async ({ load }) => {
    const { place } = await load(
      wire(
        schema('a', { id: integer, _sdc_deleted_at: { type: ['null', 'string'], format: 'date-time' } }),
        record('a', { id: 1, _sdc_deleted_at: '2026-01-31T07:00:00Z' }),
      ),
    )
    const [piece] = await place.read('a')
    expect(piece?.columns).to.deep.equal(['id', '_sdc_deleted_at'])
    expect(piece?.rows[0]?.[1]).to.be.a('string').and.include('2026-01-31')
  },
}
