import { coerce } from './coerce.js'
import { environmentWithDotEnv, settingsFrom, variableName } from './environment.js'
import { ConfigError } from './errors.js'
import { asObject, Digits, isObject, type Json, type JsonObject, textsOf } from './json.js'
import type { ProgramLog } from './log.js'
import type { JsonSchema } from './schema.js'
import { readSettingsFile } from './settings-file.js'
import { problemsOf } from './validate.js'

export interface SettingsSource {
  /** `tap-mysql`: the prefix of the variables. */
  readonly name: string
  /**
   * Of each setting `description`, `default`, `examples`; `secret: true`, `discovery: false` where they hold. Below
   * `verbatim: true` values are neither read nor changed; `keepNulls: true` keeps those of an object; `isOneRow: true` has
   * no row per inner setting in tables.
   */
  readonly settings: JsonSchema
  /** Paths, the last one wins; the word ENV stands for the environment, which wins over them all. */
  readonly files: readonly string[]
  /** Settings with `discovery: false` may then be absent or wrong. */
  readonly isDiscovery?: boolean
}

/**
 * The settings of a run, read once: complete, of the right types, without unknown keys.
 * @throws ConfigError with a line per problem, none of which holds a value.
 */
export async function readConfig(source: SettingsSource, log: ProgramLog): Promise<JsonObject> {
  const { name, settings, files } = source
  const paths = files.filter((file) => file !== 'ENV')
  const contents = await Promise.all(paths.map((path) => readFile(path, settings)))
  const given = Object.fromEntries(contents.flatMap((content) => Object.entries(content)))
  const environment = files.includes('ENV') ? settingsFrom(environmentWithDotEnv(process.env), name, settings) : {}
  const merged = { ...given, ...environment }
  log.redact(secretsIn(merged, settings))
  const wanted = source.isDiscovery ? forDiscovery(settings) : settings
  const config = withoutUnknown(asObject(coerce(merged, wanted)), wanted, log)
  log.redact(secretsIn(config, settings))
  const problems = await problemsOf(config, wanted)
  if (problems.length === 0) return config
  throw new ConfigError(files.length === 0 ? howToGive(name, settings) : problems.join('\n'))
}

function howToGive(name: string, settings: JsonSchema): string {
  const [setting = 'host'] = [...textsOf(settings.required), ...Object.keys(asObject(settings.properties))]
  return `no --config given: a JSON or YAML file, or ENV for variables like ${variableName(name, setting)}`
}

async function readFile(path: string, settings: JsonSchema): Promise<JsonObject> {
  return nested(await readSettingsFile(path), settings)
}

/** `{"a.b": 1}` means `{"a": {"b": 1}}` where `a` is a setting that holds others. */
function nested(content: JsonObject, settings: JsonSchema): JsonObject {
  const properties = asObject(settings.properties)
  const isPath = (key: string) => {
    const parent = asObject(properties[key.split('.', 1)[0] ?? ''])
    return key.includes('.') && !Object.hasOwn(properties, key) && textsOf(parent.type).includes('object')
  }
  const entries = Object.entries(content)
  const plain: JsonObject = Object.fromEntries(entries.filter(([key]) => !isPath(key)))
  const paths = entries.filter(([key]) => isPath(key))
  return paths.reduce((all, [key, value]) => withPath(all, key.split('.'), value), plain)
}

function withPath(object: JsonObject, [first = '', ...rest]: readonly string[], value: Json): JsonObject {
  const inner = Object.hasOwn(object, first) ? object[first] : undefined
  return { ...object, [first]: rest.length === 0 ? value : withPath(asObject(inner), rest, value) }
}

function forDiscovery(settings: JsonSchema): JsonSchema {
  const properties = Object.entries(asObject(settings.properties))
  const unused = properties.filter(([, schema]) => isObject(schema) && schema.discovery === false).map(([key]) => key)
  const required = textsOf(settings.required).filter((key) => !unused.includes(key))
  const open = Object.fromEntries(unused.map((key) => [key, {}]))
  return { ...settings, required, properties: { ...asObject(settings.properties), ...open } }
}

/** Runners write settings of their own into the file: a warning, no refusal, unless the schema says so itself. */
function withoutUnknown(config: JsonObject, schema: JsonSchema, log: ProgramLog, path = ''): JsonObject {
  if (!isObject(schema.properties) || schema.additionalProperties !== undefined) return config
  const properties = schema.properties
  const known = Object.entries(config).flatMap(([key, value]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (property === undefined) log.warning('a setting is not known and has no effect', { setting: `${path}${key}` })
    if (property === undefined) return []
    const inner = isObject(property) && isObject(value)
    return [[key, inner ? withoutUnknown(value, property, log, `${path}${key}.`) : value] as const]
  })
  return Object.fromEntries(known)
}

/** Every text and number below a setting that is `secret`, but for properties that the schema describes as none. */
function secretsIn(value: Json | undefined, schema: JsonSchema, isSecret = false): string[] {
  const within = isSecret || schema.secret === true
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, asObject(schema.items), within))
  if (isObject(value)) {
    const properties = asObject(schema.properties)
    return Object.entries(value).flatMap(([key, item]) => {
      return Object.hasOwn(properties, key) ? secretsIn(item, asObject(properties[key])) : secretsIn(item, {}, within)
    })
  }
  const text = value instanceof Digits ? value.text : value
  return within && (typeof text === 'string' || typeof text === 'number') ? [String(text)] : []
}
