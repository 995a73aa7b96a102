import { expect } from 'chai'
import { ConfigError } from '../../singer/errors.js'
import { type JsonObject, parseJson } from '../../singer/json.js'
import { selectedStreams } from '../../singer/selection.js'
import { recordedLog } from './recorded-log.js'

const text = { type: ['null', 'string'] }
const schema = { type: 'object', properties: { id: text, name: text, at: text } }

interface Given {
  /** Keys of the stream. */
  readonly stream?: JsonObject
  readonly root?: JsonObject
  /** Metadata by path: `name`, `address.city`. */
  readonly nodes?: Readonly<Record<string, JsonObject>>
  readonly schema?: JsonObject
}

function entry({ stream = {}, root = {}, nodes = {}, schema: own = schema }: Given): JsonObject {
  const metadata = Object.entries(nodes).map(([path, node]) => {
    return {
      breadcrumb: path.split('.').flatMap((name) => (name === '[]' ? ['items'] : ['properties', name])),
      metadata: node,
    }
  })
  return {
    tap_stream_id: 's',
    stream: 's',
    schema: own,
    metadata: [{ breadcrumb: [], metadata: root }, ...metadata],
    ...stream,
  }
}

const log = recordedLog()
const only = (given: Given) => selectedStreams([entry({ ...given, root: { selected: true, ...given.root } })], log)[0]

/** Names of the selected properties, nested ones in brackets. */
function names({ properties, items }: JsonObject): string {
  if (items) return names(items as JsonObject)
  return Object.entries((properties ?? {}) as Record<string, JsonObject>)
    .map(([name, property]) => (property.properties || property.items ? `${name}(${names(property)})` : name))
    .join(' ')
}

describe('a catalog means', () => {
  describe('a selected stream', () => {
    const rows: [expected: boolean, what: string, given: Given][] = [
      [false, 'nothing said', {}],
      [true, 'root metadata', { root: { selected: true } }],
      [true, 'root metadata as text', { root: { selected: 'true' } }],
      [false, 'root metadata as text', { root: { selected: 'False' } }],
      [false, 'metadata before the stream', { root: { selected: false }, stream: { selected: true } }],
      [true, 'the stream', { stream: { selected: true } }],
      [false, 'the stream before its schema', { stream: { selected: false }, schema: { ...schema, selected: true } }],
      [true, 'the schema', { schema: { ...schema, selected: 'true' } }],
      [true, 'selected by default', { root: { 'selected-by-default': true } }],
      [false, 'deselected before selected by default', { root: { selected: false, 'selected-by-default': true } }],
      [true, 'null is nothing', { root: { selected: null, 'selected-by-default': true } }],
      [true, 'no metadata at all', { stream: { selected: true, metadata: null } }],
    ]
    for (const [expected, what, given] of rows) {
      it(`${what}: ${expected}`, () => {
        expect(selectedStreams([entry(given)], log)).to.have.length(expected ? 1 : 0)
      })
    }
  })

  describe('selected properties', () => {
    const nested = {
      type: 'object',
      properties: {
        id: text,
        address: {
          type: ['null', 'object'],
          required: ['city', 'zip'],
          properties: { zip: text, city: text, geo: { type: 'object', properties: { lat: text, lon: text } } },
        },
        lines: { type: 'array', items: { type: 'object', properties: { sku: text, price: text } } },
      },
    }
    const off = { selected: false }
    const rows: [expected: string, what: string, given: Given][] = [
      ['id name at', 'nothing said: the answer of the stream', {}],
      ['id at', 'deselected in the metadata', { nodes: { name: off } }],
      ['id at', 'as text', { nodes: { name: { selected: 'false' } } }],
      [
        'id at',
        'deselected in the schema',
        { schema: { ...schema, properties: { ...schema.properties, name: { ...text, selected: false } } } },
      ],
      [
        'id name at',
        'metadata before the schema',
        {
          nodes: { name: { selected: true } },
          schema: { ...schema, properties: { ...schema.properties, name: { ...text, selected: false } } },
        },
      ],
      ['id at', 'not by default', { nodes: { name: { 'selected-by-default': false } } }],
      ['id name at', 'by default', { nodes: { name: { 'selected-by-default': true } } }],
      [
        'id name at',
        'selected though not by default',
        { nodes: { name: { selected: true, 'selected-by-default': false } } },
      ],
      ['id name at', 'automatic', { nodes: { name: { inclusion: 'automatic', selected: false } } }],
      [
        'id name at',
        'automatic in the schema',
        {
          nodes: { name: off },
          schema: { ...schema, properties: { ...schema.properties, name: { ...text, inclusion: 'automatic' } } },
        },
      ],
      ['id at', 'unsupported', { nodes: { name: { inclusion: 'unsupported', selected: true } } }],
      [
        'id at',
        'unsupported in the schema',
        { schema: { ...schema, properties: { ...schema.properties, name: { ...text, inclusion: 'unsupported' } } } },
      ],
      [
        'id',
        'keys are always sent',
        { root: { 'table-key-properties': ['id'] }, nodes: { id: off, name: off, at: off } },
      ],
      [
        'id at',
        'so is the replication key',
        {
          root: { 'replication-key': 'at' },
          stream: { key_properties: ['id'] },
          nodes: { id: off, name: off, at: off },
        },
      ],
      ['id address(zip city geo(lat lon)) lines(sku price)', 'nested: all', { schema: nested }],
      [
        'id lines(sku price)',
        'a deselected parent takes its children along',
        { schema: nested, nodes: { address: off, 'address.geo.lat': { selected: true } } },
      ],
      [
        'id address(zip geo(lon)) lines(price)',
        'children by themselves',
        { schema: nested, nodes: { 'address.city': off, 'address.geo.lat': off, 'lines.[].sku': off } },
      ],
      [
        'id address() lines(sku price)',
        'a parent without children',
        { schema: nested, nodes: { 'address.zip': off, 'address.city': off, 'address.geo': off } },
      ],
      [
        'id address(zip city geo(lat lon)) lines(sku price)',
        'a nested property called like a key',
        { schema: nested, root: { 'table-key-properties': ['id'] } },
      ],
    ]
    for (const [expected, what, given] of rows)
      it(`${what}: ${expected}`, () => expect(names(only(given)?.schema ?? {})).to.equal(expected))

    it('a required property that is deselected is not required', () => {
      const selected = only({ schema: nested, nodes: { 'address.city': off } })?.schema as typeof nested
      expect(selected.properties.address.required).to.deep.equal(['zip'])
    })

    it('what is left out is named by its breadcrumb, without what is within', () => {
      const nodes = { address: off, 'address.zip': off, 'lines.[].sku': off }
      expect(only({ schema: nested, nodes })?.deselected).to.deep.equal([
        ['properties', 'address'],
        ['properties', 'lines', 'items', 'properties', 'sku'],
      ])
    })

    it('a selected property that is not supported is told', () => {
      const told = recordedLog()
      selectedStreams(
        [entry({ root: { selected: true }, nodes: { name: { inclusion: 'unsupported', selected: true } } })],
        told,
      )
      expect(told.lines).to.deep.equal([
        'WARNING a selected property is left out: its type is not supported stream=s property=name',
      ])
    })

    it('odd names are names', () => {
      const odd = ['a.b', 'we"ird', '__proto__', 'constructor', 'ünï 🎲', 'sel*', 'properties', 'items', ' ', '']
      const properties = Object.fromEntries(odd.map((name) => [name, text]))
      const metadata = odd.map((name) => ({
        breadcrumb: ['properties', name],
        metadata: { selected: name !== 'items' },
      }))
      const [stream] = selectedStreams(
        [entry({ stream: { selected: true, metadata }, schema: { type: 'object', properties } })],
        log,
      )
      expect(Object.keys(stream?.schema.properties ?? {})).to.deep.equal(odd.filter((name) => name !== 'items'))
    })
  })

  describe('keys, method and names', () => {
    const rows: [what: string, given: Given, expected: JsonObject][] = [
      [
        'view keys before table keys',
        { root: { 'view-key-properties': ['name'], 'table-key-properties': ['id'] } },
        { keyProperties: ['name'] },
      ],
      [
        'table keys before the stream',
        { root: { 'table-key-properties': ['name'] }, stream: { key_properties: ['id'] } },
        { keyProperties: ['name'] },
      ],
      [
        'the stream',
        { root: { 'view-key-properties': [], 'table-key-properties': [] }, stream: { key_properties: ['id', 'at'] } },
        { keyProperties: ['id', 'at'] },
      ],
      ['none', {}, { keyProperties: [] }],
      [
        'metadata method first',
        {
          root: { 'replication-method': 'INCREMENTAL', 'forced-replication-method': 'LOG_BASED' },
          stream: { replication_method: 'FULL_TABLE' },
        },
        { replicationMethod: 'INCREMENTAL' },
      ],
      [
        'then the stream',
        { root: { 'forced-replication-method': 'LOG_BASED' }, stream: { replication_method: 'FULL_TABLE' } },
        { replicationMethod: 'FULL_TABLE' },
      ],
      [
        'then the forced one',
        { root: { 'forced-replication-method': 'LOG_BASED' } },
        { replicationMethod: 'LOG_BASED' },
      ],
      ['in any case', { root: { 'replication-method': 'full-table' } }, { replicationMethod: 'FULL_TABLE' }],
      [
        'metadata key first',
        { root: { 'replication-key': 'at' }, stream: { replication_key: 'id' } },
        { replicationKey: 'at' },
      ],
      [
        'then the stream',
        { root: { 'replication-key': '' }, stream: { replication_key: 'id' } },
        { replicationKey: 'id' },
      ],
      ['a view in the metadata', { root: { 'is-view': 'true' } }, { isView: true }],
      [
        'a view on the stream',
        { stream: { is_view: true } },
        { isView: true, metadata: { 'is-view': true, selected: true } },
      ],
      ['the alias is the name', { stream: { stream_alias: 'alias' } }, { id: 's', name: 'alias' }],
      ['the stream is the name', { stream: { stream: 'orders' } }, { id: 's', name: 'orders' }],
      [
        'legacy keys are metadata',
        { stream: { database_name: 'shop', table_name: 't' }, root: { 'row-count': 5 } },
        { tableName: 't', metadata: { 'database-name': 'shop', 'row-count': 5, selected: true } },
      ],
      [
        'metadata before legacy keys',
        { stream: { database_name: 'old' }, root: { 'database-name': 'new' } },
        { metadata: { 'database-name': 'new', selected: true } },
      ],
    ]
    for (const [what, given, expected] of rows) it(what, () => expect(only(given)).to.deep.include(expected))

    it('what nobody names is absent', () => {
      expect(only({})).to.not.have.any.keys('replicationMethod', 'replicationKey', 'tableName')
    })
  })

  describe('nothing that could be meant', () => {
    const rows: [what: string, entries: JsonObject[], problem: RegExp][] = [
      [
        'a key that is not in the schema',
        [entry({ root: { selected: true }, stream: { key_properties: ['gone'] } })],
        /stream s: its key property gone is not in its schema/,
      ],
      [
        'a replication key that is not',
        [entry({ root: { selected: true, 'replication-key': 'gone' } })],
        /stream s: its replication key gone is not/,
      ],
      [
        'an unknown method',
        [entry({ root: { selected: true, 'replication-method': 'SOME' } })],
        /stream s: replication-method must be one of FULL_TABLE, INCREMENTAL, LOG_BASED/,
      ],
      ['no schema', [{ tap_stream_id: 's', selected: true }], /stream s has no schema/],
      [
        'two streams of one name',
        ['a', 'b'].map((id) => entry({ root: { selected: true }, stream: { tap_stream_id: id } })),
        /streams a and b would both be sent as s/,
      ],
    ]
    for (const [what, entries, problem] of rows)
      it(what, () => expect(() => selectedStreams(entries, log)).to.throw(ConfigError, problem))

    it('but not in a stream that is not selected', () => {
      expect(
        selectedStreams([{ tap_stream_id: 'x' }, entry({ stream: { key_properties: ['gone'] } })], log),
      ).to.deep.equal([])
    })
  })

  describe('where records may have more than the schema says', () => {
    const open = (given: Given) =>
      selectedStreams([entry({ ...given, root: { selected: true, ...given.root } })], log, true)[0]

    it('a schema without properties', () => {
      expect(open({ schema: { type: 'object' } })?.schema).to.deep.equal({ type: 'object', properties: {} })
    })

    it('a key within an object', () => {
      expect(open({ root: { 'replication-key': 'meta.at' } })).to.include({ replicationKey: 'meta.at' })
    })
  })

  it('the digits of its schema', () => {
    const exact = parseJson('{"type":"object","properties":{"n":{"maximum":18446744073709551615,"multipleOf":1.0}}}')
    expect(only({ schema: exact as JsonObject })?.schema).to.deep.equal(exact)
  })
})
