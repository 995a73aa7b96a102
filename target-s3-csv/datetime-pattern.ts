/** The parts of a date-time, by the place that `datetime.ts` keeps them in. */
export const fields = { year: 0, month: 1, day: 2, hour: 3, minute: 4, second: 5, fraction: 6 } as const

export type Field = (typeof fields)[keyof typeof fields]

/** One step of writing a date-time: the digits of a field, or a character as it stands. */
export type Step =
  | { readonly field: Field; readonly digits: number }
  | { readonly field: undefined; readonly byte: number }

// `MM` is the month, and after the hour the minute.
const token = /YYYY|DD|HH|MM|SS|f{1,9}|[^A-Za-z]|[TZ]/g

/** `YYYY-MM-DD HH:MM:SS.ffffff` as steps. Other letters than those and `T` and `Z` are refused, to catch misspellings. */
export function compilePattern(pattern: string): readonly Step[] {
  let isAfterHour = false
  return (pattern.match(token) ?? []).map((text): Step => {
    if (text === 'HH') isAfterHour = true
    if (text.startsWith('f')) return { field: fields.fraction, digits: text.length }
    const field = text === 'MM' && isAfterHour ? fields.minute : fieldOf[text]
    return field === undefined ? { field, byte: text.charCodeAt(0) } : { field, digits: text.length }
  })
}

const fieldOf: Readonly<Record<string, Field | undefined>> = {
  YYYY: fields.year,
  MM: fields.month,
  DD: fields.day,
  HH: fields.hour,
  SS: fields.second,
}

/** What is wrong with a pattern; undefined when nothing is. */
export function patternProblem(pattern: string): string | undefined {
  const rest = pattern.replace(token, '')
  if (rest !== '') return `"${rest}" in "${pattern}" is none of YYYY MM DD HH MM SS f T Z`
  if (/[^\x20-\x7e]/.test(pattern)) return `"${pattern}" must be ASCII`
  if (pattern.trim() !== pattern) return `"${pattern}" begins or ends with a space`
  if (!pattern.includes('YYYY')) return `"${pattern}" has no YYYY`
  return undefined
}
