import { Digits, type Json, SourceError } from '../singer/index.js'
import { type Bookmark, withoutPosition } from '../singer/state.js'
import type { Column } from './table.js'

/** The bookmark without what says where a stream stands, in the words of this tap and of its peers. */
export function carriedOver(bookmark: Bookmark): Bookmark {
  return withoutPosition(bookmark, ownWords)
}

const ownWords = ['log_file', 'log_pos', 'gtid', 'server_uuid', 'initial_binlog_complete']

/** A record's value as a bookmark holds it: digits that a double would change are a string, which any reader keeps. */
export function toBookmark(value: Json): Json {
  return value instanceof Digits ? value.text : value
}

/**
 * A bookmark's value as records of this column hold it. Peers write dates and times of day as date-times, in any zone,
 * and numbers as strings.
 */
export function fromBookmark(value: Json, column: Column): Json {
  const plain = value instanceof Digits ? value.text : value
  const form = forms.find(({ types }) => types.test(column.dataType))
  const read = form ? form.read(String(plain)) : plain
  if (read !== undefined && read !== null && typeof read !== 'object') return typeof plain === 'number' ? plain : read
  throw new SourceError(
    `read the state: it holds no ${column.dataType} for the column ${column.name}; run without this bookmark to start over`,
  )
}

const forms: readonly { readonly types: RegExp; readonly read: (text: string) => string | undefined }[] = [
  { types: /int$|^decimal$|^year$/, read: (text) => number(text) },
  { types: /^date$/, read: (text) => (/^\d{4}-\d\d-\d\d/.test(text) ? text.slice(0, 10) : undefined) },
  { types: /^(datetime|timestamp)$/, read: instant },
  { types: /^time$/, read: timeOfDay },
]

function number(text: string): string | undefined {
  if (text === 'true' || text === 'false') return text === 'true' ? '1' : '0'
  return /^-?\d+(\.\d+)?$/.test(text) ? text : undefined
}

const dateTime = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(\.\d+)?)?(Z|[-+]\d\d:?\d\d)?$/

/** `…T…Z`, all digits of the fraction kept. A zone that is not named is UTC. */
function instant(text: string): string | undefined {
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] = dateTime.exec(text) ?? []
  const at = Date.parse(`${date}T${time}${zone}`)
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}${fraction}Z`
}

/** singer-io counts a time of day from 1970-01-01 on: 25 hours are `1970-01-02T01:00:00`. */
function timeOfDay(text: string): string | undefined {
  if (/^-?\d{2,3}:\d\d:\d\d(\.\d+)?$/.test(text)) return text
  const [, whole = '', fraction = ''] = /^([^.]*)(\.\d+)?Z$/.exec(instant(text) ?? '') ?? []
  const at = Date.parse(`${whole}Z`) / 1000 + Number(`0${fraction}`)
  if (Number.isNaN(at)) return undefined
  const seconds = Math.abs(at)
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0')
  const sixDigits = (seconds % 60).toFixed(6).padStart(9, '0')
  return `${at < 0 ? '-' : ''}${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${sixDigits}`
}
