import { expect } from 'chai'
import { type JsonObject, jsonText } from '../../singer/json.js'
import { keyColumns } from '../../tap-rest/records/columns.js'
import { declaredSchema } from '../../tap-rest/records/declared.js'
import type { StreamPlan } from '../../tap-rest/settings/plan.js'
import { planOf } from './record-pages.js'

const flatten = { separator: '_', maxDepth: 1, except: [], cleanNames: true }
const integer = { type: 'integer' }

describe('a declared schema, as the catalog has it', () => {
  const table: [string, StreamPlan, JsonObject, string][] = [
    ['stands as it is', planOf(), { b: integer, a: {} }, '{"b":{"type":"integer"},"a":{}}'],
    [
      'include columns come first, of any type unless it says which',
      planOf({ columns: ['lat', 'lon'] }),
      { a: integer, lon: { type: 'number' } },
      '{"lat":{},"lon":{"type":"number"},"a":{"type":"integer"}}',
    ],
    [
      'a key within an object is a column of its own',
      planOf({ primaryKey: [['user', 'id']] }),
      { user: { type: 'object', properties: { id: integer } } },
      '{"user__id":{"type":"integer"},"user":{"type":"object","properties":{"id":{"type":"integer"}}}}',
    ],
    [
      'flattened where the records are: what becomes text is text',
      planOf({ flatten }),
      {
        'a-b': { type: 'object', properties: { 'c.d': integer, e: { type: 'object', properties: { f: integer } } } },
        l: { type: ['array', 'null'] },
      },
      '{"a_b_c_d":{"type":"integer"},"a_b_e":{"type":["null","string"]},"l":{"type":["null","string"]}}',
    ],
    [
      'with a column for the raw record',
      planOf({ rawRecord: true }),
      { a: integer },
      '{"a":{"type":"integer"},"_sdc_raw_json":{"type":["null","string"]}}',
    ],
  ]
  for (const [title, plan, properties, expected] of table) {
    it(title, () => {
      const schema = declaredSchema(plan, { type: 'object', properties, title: 'T' })
      expect(jsonText(schema)).to.equal(`{"type":"object","properties":${expected},"title":"T"}`)
    })
  }
})

describe('the columns of the key', () => {
  const table: [string, Partial<StreamPlan>, string[]][] = [
    ['are the names of the settings', { primaryKey: [['id'], ['day']] }, ['id', 'day']],
    ['join the names of a path', { primaryKey: [['user', 'id']] }, ['user__id']],
    ['as flattened records do', { primaryKey: [['user', 'the-id']], flatten }, ['user_the_id']],
  ]
  for (const [title, plan, columns] of table) {
    it(title, () => {
      expect(keyColumns(planOf(plan))).to.deep.equal(columns)
    })
  }
})
