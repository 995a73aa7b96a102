import type { JsonSchema } from '../schema.js'

/** What all texts at a place are, in the words of JSON Schema. Forms that meet are plain. */
export const textForms = {
  plain: {},
  dateTime: { format: 'date-time' },
  uuid: { format: 'uuid' },
  decimal: { format: 'singer.decimal' },
  base64: { contentEncoding: 'base64' },
  base16: { contentEncoding: 'base16' },
} as const satisfies Readonly<Record<string, JsonSchema>>

export type TextForm = keyof typeof textForms

/** The first of these forms that the schema has. */
export function formOf(schema: JsonSchema, forms: readonly TextForm[]): TextForm {
  const isIn = (form: TextForm) => Object.entries(textForms[form]).every(([word, value]) => schema[word] === value)
  return forms.find((form) => form !== 'plain' && isIn(form)) ?? 'plain'
}
