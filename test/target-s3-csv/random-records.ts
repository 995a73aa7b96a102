import fc from 'fast-check'

/** A number by its text. */
export class Numeral {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Value = null | boolean | string | Numeral | readonly Value[] | ReadonlyMap<string, Value>

/** A property: its schema, and what its values are. */
interface Property {
  readonly schema: object
  readonly values: fc.Arbitrary<Value>
}

export interface Case {
  /** JSON text, so that keys keep their order. */
  readonly properties: string
  readonly records: readonly ReadonlyMap<string, Value>[]
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('a', ',', '"', "'", '\\', '\n', '\r', ' ', ';', 'é', '\u{1f600}', '\0'),
    maxLength: 8,
  }),
  fc.constantFrom('', ' ', 'null', 'NULL', '\\N', '1e3', '=1+2', 'x'.repeat(700)),
)
const names = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '10',
    '2',
    'a__b',
    'a',
    'b',
    'é',
    '\u{1f600}',
    '"',
    '\\',
    '\n',
    'x'.repeat(300),
  ),
)
const digits = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String)
const numerals = fc
  .oneof(
    digits,
    fc.tuple(fc.integer(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
    fc.tuple(fc.integer(), fc.integer({ min: -400, max: 400 })).map(([whole, power]) => `${whole}e${power}`),
    fc.constantFrom('-0', '-0.0', '1.10', '1e400', '1E+5', '18446744073709551615'),
  )
  .map((text) => new Numeral(text))

const json: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    texts,
    numerals,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(names, tie('value')), { maxLength: 3, selector: ([name]) => name })
      .map((all) => new Map(all)),
  ),
})).value

const leaf: fc.Arbitrary<Property> = fc.constantFrom<Property>(
  {
    schema: { type: ['null', 'integer'] },
    values: fc.oneof(
      digits.map((text) => new Numeral(text)),
      fc.constant(null),
    ),
  },
  { schema: { type: ['number', 'null'] }, values: fc.oneof(numerals, fc.constant(null)) },
  { schema: { type: 'string' }, values: texts },
  { schema: { type: ['null', 'boolean'] }, values: fc.oneof(fc.boolean(), fc.constant(null)) },
  { schema: {}, values: json },
  { schema: { anyOf: [{ type: 'string' }, { type: 'array' }] }, values: json },
)

const { property } = fc.letrec<{ property: Property }>((tie) => ({
  property: fc.oneof(
    { maxDepth: 2 },
    { arbitrary: leaf, weight: 3 },
    { arbitrary: membersOf(tie('property')).map(nested), weight: 1 },
  ),
}))

type Members = readonly (readonly [string, Property])[]

function membersOf(members: fc.Arbitrary<Property>): fc.Arbitrary<Members> {
  return fc.uniqueArray(fc.tuple(names, members), { minLength: 1, maxLength: 5, selector: ([name]) => name })
}

function nested(members: Members): Property {
  const schema = new Map(members.map(([name, { schema: each }]) => [name, each]))
  return {
    schema: { type: ['null', 'object'], properties: schema },
    values: fc.oneof(fc.constant(null), objects(members)),
  }
}

/** Some of the members, in any order. */
function objects(members: Members): fc.Arbitrary<ReadonlyMap<string, Value>> {
  return fc
    .tuple(...members.map(([name, { values }]) => fc.tuple(fc.constant(name), values)))
    .chain((all) => fc.shuffledSubarray(all))
    .map((all) => new Map(all))
}

/** SCHEMAs and records that keep them. */
export const cases: fc.Arbitrary<Case> = membersOf(property).chain((members) =>
  fc.array(objects(members), { maxLength: 6 }).map((records) => ({
    properties: schemaText(new Map(members.map(([name, { schema }]) => [name, schema]))),
    records,
  })),
)

function schemaText(schema: unknown): string {
  if (schema instanceof Map)
    return `{${[...schema].map(([key, value]) => `${JSON.stringify(key)}:${schemaText(value)}`).join()}}`
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return JSON.stringify(schema)
  return `{${Object.entries(schema)
    .map(([key, value]) => `${JSON.stringify(key)}:${schemaText(value)}`)
    .join()}}`
}

/** How a tap prints JSON. */
export interface Style {
  readonly space: string
  readonly isAscii: boolean
}

export const styles: fc.Arbitrary<Style> = fc.record({
  space: fc.constantFrom('', ' ', '\t  '),
  isAscii: fc.boolean(),
})

export function print(value: Value, style: Style): string {
  const { space } = style
  if (value instanceof Numeral) return value.text
  if (typeof value === 'string') return printText(value, style)
  if (value instanceof Map) {
    const members = [...value].map(([key, each]) => `${printText(key, style)}${space}:${space}${print(each, style)}`)
    return `{${space}${members.join(`${space},${space}`)}${space}}`
  }
  if (Array.isArray(value))
    return `[${space}${value.map((each: Value) => print(each, style)).join(`${space},${space}`)}${space}]`
  return String(value)
}

function printText(text: string, { isAscii }: Style): string {
  const printed = JSON.stringify(text)
  if (!isAscii) return printed
  return printed.replace(/[\u007f-\uffff/]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
