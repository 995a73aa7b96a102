import fc from 'fast-check'

const spaces = fc.constantFrom('', '', '', ' ', '\t')
const keys = ['"a"', '"b"', '"c"', '"é"', '"\\u0064"', '"x\\"y"', '"__proto__"', '""']
const scalars = [
  ...['null', 'null', 'true', 'false', '0', '-0', '-0.0', '12345678901234567890', '1.10', '1e400', '1E+5', '""'],
  ...['"x"', '"}\\",{"', '"\\\\"', '"日本 \u{1f600}"', '"2024-02-29T00:00:00Z"', '"2024-02-29T00:00:00.1+01:00"'],
]

/** JSON texts of records: few keys, so that they meet; every kind of value; white space where it may stand. */
export const recordTexts: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...scalars),
    fc.tuple(fc.array(tie('value'), { maxLength: 3 }), spaces).map(([items, space]) => `[${items.join(`${space},`)}]`),
    tie('object'),
  ),
  object: fc
    .tuple(fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 4 }), fc.array(tie('value'), { minLength: 4 }), spaces)
    .map(([names, values, space]) => {
      const members = names.map((name, i) => `${space}${name}${space}:${space}${values[i]}${space}`)
      return `{${members.join()}}`
    }),
})).object
