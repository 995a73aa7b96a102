import { readFileSync } from 'node:fs'
import { ConfigError } from './errors.js'
import { type Json, parseJson } from './json.js'

/** The text of a file that the user named; `what` says for which purpose: `settings`, `catalog`, `state`. */
export function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (problem) {
    throw new ConfigError(`read the ${what} ${path}: ${reasonOf(problem)}`)
  }
}

export function readJsonFile(path: string, what: string): Json {
  const text = readText(path, what)
  if (text.trim() === '') throw new ConfigError(`read the ${what} ${path}: the file is empty, JSON is wanted`)
  return parseFile(text, path, what)
}

/** Says where the text breaks, and never what it holds there: it may be a password. */
export function parseFile(text: string, path: string, what: string): Json {
  try {
    return parseJson(text)
  } catch {
    throw new ConfigError(`read the ${what} ${path}: no JSON${placeOf(text)}`)
  }
}

function reasonOf(problem: unknown): string {
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : ''
  return reasons[code] ?? code
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'this is a folder',
}

/** Only some of V8's messages tell the place, and only the place may be taken from them. */
function placeOf(text: string): string {
  try {
    JSON.parse(text)
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : ''
    const position = Number(/at position (\d+)/.exec(message)?.[1])
    if (position >= text.length || /end of JSON/.test(message)) return ': it ends too early'
    if (position > 0) return ` at line ${text.slice(0, position).split('\n').length}`
  }
  return ''
}
