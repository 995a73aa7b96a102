import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { asObject, isObject, type Json, type JsonObject } from './json.js'
import type { JsonSchema } from './schema.js'

type Environment = Readonly<Record<string, string | undefined>>

/** `tap-mysql`, `ssl_ca` → `TAP_MYSQL_SSL_CA`. */
export function variableName(...words: readonly string[]): string {
  return words
    .join('_')
    .replaceAll(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()
}

/** Variables win over the first `.env` of the current folder and those above it. */
export function environmentWithDotEnv(environment: Environment): Environment {
  const file = dotEnv(process.cwd())
  return file === undefined ? environment : { ...parseEnv(readFileSync(file, 'utf8')), ...environment }
}

/** The settings that have a variable, as text. Of a nested object either the whole (JSON) or each setting has one. */
export function settingsFrom(environment: Environment, prefix: string, schema: JsonSchema): JsonObject {
  const found = Object.entries(asObject(schema.properties)).flatMap(([name, property]): (readonly [string, Json])[] => {
    const variable = variableName(prefix, name)
    const text = environment[variable]
    if (text) return [[name, text]]
    if (!isObject(property) || !isObject(property.properties)) return []
    const nested = settingsFrom(environment, variable, property)
    return Object.keys(nested).length > 0 ? [[name, nested]] : []
  })
  return Object.fromEntries(found)
}

function dotEnv(folder: string): string | undefined {
  const file = join(folder, '.env')
  if (existsSync(file)) return file
  const parent = dirname(folder)
  return parent === folder ? undefined : dotEnv(parent)
}
