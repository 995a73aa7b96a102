import { expect } from 'chai'
import type { JsonObject } from '../../singer/json.js'
import { unmatchedPatterns, withMetadataRules, withSelection } from '../../singer/select.js'
import { canSelect, wildcard } from '../../singer/select-pattern.js'
import { selectedStreams } from '../../singer/selection.js'
import { recordedLog } from './recorded-log.js'

const text = { type: ['null', 'string'] }
const address = {
  type: 'object',
  properties: { city: text, geo: { type: 'object', properties: { lat: text, lon: text } } },
}

function entry(id: string, properties: JsonObject): JsonObject {
  const key = { breadcrumb: ['properties', 'id'], metadata: { inclusion: 'automatic' } }
  return { tap_stream_id: id, schema: { type: 'object', properties }, key_properties: ['id'], metadata: [key] }
}

const entries = [
  entry('shop-orders', { id: text, name: text, secret: text, address }),
  entry('shop-items', { id: text, name: text, 'a.b': text, a: text }),
  entry('hr.people', { id: text, secret: text }),
]

const log = recordedLog()

/** `stream(a b(c))` of what is selected. */
function selected(of: readonly JsonObject[]): string {
  return selectedStreams(of, log)
    .map(({ id, schema }) => `${id}(${names(schema)})`)
    .join(' ')
}

function names({ properties }: JsonObject): string {
  return Object.entries(properties as Record<string, JsonObject>)
    .map(([name, property]) => (property.properties ? `${name}(${names(property)})` : name))
    .join(' ')
}

const orders = 'shop-orders(id name secret address(city geo(lat lon)))'
const items = 'shop-items(id name a.b a)'
const people = 'hr.people(id secret)'

describe('select patterns', () => {
  const rows: [patterns: string[], expected: string][] = [
    [['*.*'], `${orders} ${items} ${people}`],
    [['*'], `${orders} ${items} ${people}`],
    [['shop-orders'], orders],
    [['shop-orders.*'], orders],
    [['shop-*'], `${orders} ${items}`],
    [['shop-?????.*'], items],
    [['shop-[io]*'], `${orders} ${items}`],
    [['shop-[!i]*'], orders],
    [['hr\\.people'], people],
    [['hr\\.people.secret'], people],
    [['hr.people'], ''],
    [['*.id'], 'shop-orders(id) shop-items(id) hr.people(id)'],
    [['shop-orders.name'], 'shop-orders(id name)'],
    [['shop-orders.address'], 'shop-orders(id address(city geo(lat lon)))'],
    [['shop-orders.address.city'], 'shop-orders(id address(city))'],
    [['shop-orders.address.geo.lat'], 'shop-orders(id address(geo(lat)))'],
    [['shop-orders.address.*'], 'shop-orders(id address(city geo(lat lon)))'],
    [['shop-items.a'], 'shop-items(id a)'],
    [['shop-items.a\\.b'], 'shop-items(id a.b)'],
    [['shop-orders.*', '!shop-orders.address.geo'], 'shop-orders(id name secret address(city))'],
    [['shop-orders.*', '!shop-orders.address.geo.*'], 'shop-orders(id name secret address(city geo()))'],
    [['!*.secret', '*.*'], `shop-orders(id name address(city geo(lat lon))) ${items} hr.people(id)`],
    [['!*.secret'], `shop-orders(id name address(city geo(lat lon))) ${items} hr.people(id)`],
    [['*.*', '!shop-*'], people],
    [['*.*', '!shop-*.*'], people],
    [['*.*', '!*.id'], `${orders} ${items} ${people}`],
    [['nothing'], ''],
  ]
  for (const [patterns, expected] of rows) {
    it(`${patterns.join(' ')} → ${expected || 'nothing'}`, () =>
      expect(selected(withSelection(entries, patterns))).to.equal(expected))
  }

  it('deselect what was selected by default', () => {
    const byDefault = entries.map((each) => ({
      ...each,
      metadata: [{ breadcrumb: [], metadata: { 'selected-by-default': true } }],
    }))
    expect(selected(byDefault)).to.equal(`${orders} ${items} ${people}`)
    expect(selected(withSelection(byDefault, ['shop-items.name']))).to.equal('shop-items(id name)')
  })

  it('ask for nothing that is not supported', () => {
    const unsupported = {
      ...entries[0],
      metadata: [{ breadcrumb: ['properties', 'name'], metadata: { inclusion: 'unsupported' } }],
    }
    const told = recordedLog()
    selectedStreams(withSelection([unsupported], ['*']), told)
    expect(told.lines).to.deep.equal([])
  })

  it('that match no stream are known', () => {
    expect(unmatchedPatterns(entries, ['shop-*', 'shop-oders.*', '!nowhere', 'hr.people'])).to.deep.equal([
      'shop-oders.*',
      '!nowhere',
      'hr.people',
    ])
  })

  describe('tell which streams can be meant', () => {
    const hints: [patterns: string[], stream: string, expected: boolean][] = [
      [['shop-orders.id'], 'shop-orders', true],
      [['shop-orders.id'], 'shop-items', false],
      [['*.*', '!shop-items'], 'shop-items', false],
      [['*.*', '!shop-items.id'], 'shop-items', true],
      [['!*.secret'], 'shop-items', true],
      [['!shop-items'], 'shop-items', false],
      [[], 'shop-items', true],
    ]
    for (const [patterns, stream, expected] of hints) {
      it(`${patterns.join(' ')}: ${stream} ${expected}`, () => expect(canSelect(patterns, stream)).to.equal(expected))
    }
  })

  describe('match as fnmatch does', () => {
    const matches: [pattern: string, name: string, expected: boolean][] = [
      ['a*c', 'abbc', true],
      ['a*c', 'abbcd', false],
      ['*', '', true],
      ['?', '🎲', true],
      ['a.b', 'axb', false],
      ['a+(b)$^|{}', 'a+(b)$^|{}', true],
      ['[abc]', 'b', true],
      ['[!abc]', 'b', false],
      ['[a-c]x', 'bx', true],
      ['[]]', ']', true],
      ['[!]]', ']', false],
      ['[', '[', true],
      ['a[', 'a[', true],
      ['[^a]', '^', true],
      ['[\\]', '\\', true],
      ['a*', 'a\nb', true],
      ['A', 'a', false],
    ]
    for (const [pattern, name, expected] of matches) {
      it(`${pattern} ${JSON.stringify(name)}: ${expected}`, () =>
        expect(wildcard(pattern).test(name)).to.equal(expected))
    }
  })
})

describe('metadata rules', () => {
  it('set method, key and selection by stream and property pattern', () => {
    const rules = {
      'shop-*': { selected: true, 'replication-method': 'FULL_TABLE', secret: { selected: false } },
      'shop-orders': {
        'replication-method': 'INCREMENTAL',
        'replication-key': 'name',
        'address.g*': { selected: false },
      },
    }
    const [first, second, ...rest] = selectedStreams(withMetadataRules(entries, rules), log)
    expect(first).to.include({ id: 'shop-orders', replicationMethod: 'INCREMENTAL', replicationKey: 'name' })
    expect(names(first?.schema ?? {})).to.equal('id name address(city)')
    expect(second)
      .to.include({ id: 'shop-items', replicationMethod: 'FULL_TABLE' })
      .and.not.have.property('replicationKey')
    expect(rest).to.deep.equal([])
  })

  it('come after the patterns', () => {
    const rules = { 'shop-orders': { selected: false } }
    expect(selected(withMetadataRules(withSelection(entries, ['shop-*']), rules))).to.equal(items)
  })
})
