import { expect } from 'chai'
import type { JsonSchema } from '../../../singer/schema.js'
import { type SchemaSource, schemaOf, shapeOf } from '../../../singer/shape/schema.js'
import { settle } from '../../../singer/shape/settle.js'
import { kinds, newShape, type Shape } from '../../../singer/shape/shape.js'
import type { TextForm } from '../../../singer/shape/text-form.js'
import { addKind, addText } from '../../../singer/shape/widen.js'

const bounds = { minimum: -5, maximum: 5 }
const source: SchemaSource = {
  isDeclared: false,
  deselected: [],
  forms: ['dateTime', 'uuid', 'decimal', 'base64', 'base16'],
  integer: bounds,
}
const of = (type: string, rest: JsonSchema = {}) => ({ type: ['null', type], ...rest })
const text = (form: TextForm) => (shape: Shape) => void addText(shape, form)
const kind = (name: keyof typeof kinds) => (shape: Shape) => void addKind(shape, kinds[name])

describe('the schema of values that were seen one after the other', () => {
  const table: [string, ((shape: Shape) => void)[], JsonSchema][] = [
    ['uuids', [text('uuid'), text('uuid')], of('string', { format: 'uuid' })],
    ['base64', [text('base64')], of('string', { contentEncoding: 'base64' })],
    ['decimals', [text('decimal')], of('string', { format: 'singer.decimal' })],
    ['forms that meet are plain', [text('uuid'), text('dateTime')], of('string')],
    ['a form after plain text is plain', [text('plain'), text('uuid')], of('string')],
    ['a form beside another type is plain', [text('uuid'), kind('boolean')], { type: ['null', 'boolean', 'string'] }],
    ['integers have the bounds of the source', [kind('integer')], of('integer', bounds)],
    ['also beside text', [kind('integer'), text('plain')], { type: ['null', 'integer', 'string'], ...bounds }],
    ['numbers have none', [kind('integer'), kind('number')], of('number')],
  ]
  for (const [title, steps, schema] of table) {
    it(title, () => {
      const shape = newShape()
      for (const step of steps) step(shape)
      expect(schemaOf(shape, bounds)).to.deep.equal(schema)
      expect(reread(schema), 'read back').to.deep.equal(schema)
    })
  }
})

describe('a schema that is read back', () => {
  const table: [string, JsonSchema, Partial<SchemaSource>?][] = [
    ['keeps the list of all types', { type: ['null', ...Object.keys(kinds)] }],
    ['keeps a form that the source cannot tell', of('string', { format: 'uuid' }), { forms: ['dateTime'] }],
    ['keeps bounds that are not those of the source', of('integer', { minimum: 0, maximum: 5 })],
    ['keeps other keywords', of('string', { contentEncoding: 'base64', description: 'x' })],
  ]
  for (const [title, schema, given = {}] of table) {
    it(title, () => {
      expect(reread(schema, { ...source, ...given })).to.deep.equal(schema)
    })
  }

  it('forgets the bounds when a number comes', () => {
    expect(reread(of('integer', bounds), source, kind('number'))).to.deep.equal(of('number'))
  })

  it('forgets the form when another one comes', () => {
    expect(reread(of('string', { format: 'uuid' }), source, text('base64'))).to.deep.equal(of('string'))
  })
})

function reread(schema: JsonSchema, by = source, step: (shape: Shape) => void = () => {}): unknown {
  const root = shapeOf({ type: 'object', properties: { a: schema } }, by)
  const shape = root.members.get('a')?.shape ?? newShape()
  step(shape)
  settle(root, true)
  return schemaOf(shape, by.integer)
}
