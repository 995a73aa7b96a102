import { ConfigError } from './errors.js'
import { isObject, type Json, parseJson } from './json.js'
import { parseFile, readText } from './json-file.js'
import type { State } from './state.js'

/**
 * What an earlier run left: one JSON value, or a line per state of which the last complete one counts. An empty file is a
 * first run. Wrappers of runners are taken off.
 */
export function readState(path: string): State {
  const text = readText(path, 'state')
  if (text.trim() === '') return {}
  const state = unwrapped(valueIn(text, path))
  if (state === null) return {}
  if (!isObject(state) || !hasBookmarks(state)) {
    throw new ConfigError(`read the state ${path}: an object with "bookmarks" is wanted, as a target prints it`)
  }
  return state
}

function valueIn(text: string, path: string): Json {
  try {
    return parseJson(text)
  } catch {
    const last = completeLines(text).at(-1)
    return parseFile(last?.startsWith('{') ? last : text, path, 'state')
  }
}

/** A target that was killed may have left half a line behind. */
function completeLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const tail = lines.pop() ?? ''
  return [...lines, ...(isJson(tail) ? [tail] : [])].filter((line) => line !== '')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A whole STATE message in place of its value; what `meltano state get` prints. */
function unwrapped(value: Json): Json {
  if (!isObject(value)) return value
  if (typeof value.type === 'string' && value.type.toUpperCase() === 'STATE') return value.value ?? null
  return value.singer_state === undefined ? value : value.singer_state
}

/** States of other taps may have none; but whatever stands there must be an object. */
function hasBookmarks({ bookmarks }: State): boolean {
  return bookmarks === undefined || bookmarks === null || isObject(bookmarks)
}
