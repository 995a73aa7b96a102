import type { JsonSchema } from '../../singer/schema.js'
import { shapeOf, type Words } from '../../singer/shape/schema.js'
import { anyKind, kinds, type Shape } from '../../singer/shape/shape.js'
import { type TextForm, textForms } from '../../singer/shape/text-form.js'
import { binarySubtype } from '../bson/binary.js'
import { BsonType } from '../bson/bson-type.js'
import { type TypeOptions, typeSchema } from '../types.js'

/** What BSON types are in JSON, as shapes know it: derived once from the schemas of types.ts. */
export interface JsonTypes {
  /** By BSON type: the kinds of which one must fit, as bits; 0: always null; `special`: see `shape`. */
  readonly kinds: Uint8Array
  /** By BSON type. */
  readonly forms: readonly TextForm[]
  /** All that is known of the values of a type; undefined: they are null. */
  shape(type: number, subtype: number): Shape | undefined
  readonly words: Words
}

/** Objects with members that the type gives them, and types whose JSON is not always of one kind. */
export const special = 128

export function jsonTypes(options: TypeOptions): JsonTypes {
  const words: Words = { forms: Object.keys(textForms).filter(isKnownForm), integer: integerBounds(options) }
  const shapes = new Map<number, Shape | undefined>()
  const shape = (type: number, subtype: number): Shape | undefined => {
    const key = (type << 8) | subtype
    if (!shapes.has(key)) shapes.set(key, typeShape(type, subtype, options, words))
    return shapes.get(key)
  }
  const bits = new Uint8Array(256)
  const forms = new Array<TextForm>(256).fill('plain')
  for (const type of Object.values(BsonType)) {
    bits[type] = type === BsonType.binary ? special : kindsOf(shape(type, 0))
    forms[type] = shape(type, 0)?.form ?? 'plain'
  }
  return { kinds: bits, forms, shape, words }
}

/** Of the value of this type at `pos`. */
export function subtypeAt(view: DataView, type: number, pos: number): number {
  return type === BsonType.binary ? binarySubtype(view, pos) : 0
}

function isKnownForm(name: string): name is TextForm {
  return name in textForms
}

function integerBounds(options: TypeOptions): JsonSchema {
  const { type, ...bounds } = typeSchema(BsonType.int64, 0, options) ?? {}
  return [type].flat().includes('integer') ? bounds : {}
}

function typeShape(type: number, subtype: number, options: TypeOptions, words: Words): Shape | undefined {
  const schema = typeSchema(type, subtype, options)
  if (schema === undefined) return undefined
  const root = shapeOf({ properties: { value: schema } }, { isDeclared: false, deselected: [], ...words })
  return root.members.get('value')?.shape
}

function kindsOf(shape: Shape | undefined): number {
  if (shape === undefined) return 0
  const { types } = shape
  if (types === kinds.integer) return kinds.integer | kinds.number
  const isOneScalar = (types & (types - 1)) === 0 && (types & (kinds.object | kinds.array)) === 0
  return isOneScalar && types !== 0 && types !== anyKind ? types : special
}
