import { readFileSync } from 'node:fs'
import { asObject, isObject, type Json, type JsonObject, jsonText, textsOf } from './json.js'
import type { JsonSchema } from './schema.js'

/** What a tap or a target says of itself. */
export interface Plugin {
  readonly name: string
  readonly description: string
  readonly capabilities: readonly string[]
  readonly settings: JsonSchema
}

export type AboutFormat = 'text' | 'json' | 'markdown'

export function aboutText(plugin: Plugin, format: AboutFormat): string {
  switch (format) {
    case 'json':
      return `${jsonText(aboutJson(plugin), 2)}\n`
    case 'markdown':
      return `# ${plugin.name}\n\n${plugin.description}\n\n## Settings\n\n${settingsTable(plugin.settings)}`
    case 'text':
      return plainText(plugin)
    default:
      return format satisfies never
  }
}

/** Of the package: one version for all programs. */
export function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return String(version)
}

/** The table of a README: a row per setting, nested ones with dots. */
export function settingsTable(settings: JsonSchema): string {
  const rows = settingRows(settings).map(({ name, type, fallback, description }) => {
    return [`\`${name}\``, type, fallback === '' ? '' : `\`${fallback}\``, description]
  })
  const cells = [['Setting', 'Type', 'Default', 'Meaning'], ['---', '---', '---', '---'], ...rows]
  return cells.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('')
}

/** The keys of Meltano's SDK, which the Hub's tools read. */
function aboutJson({ name, description, capabilities, settings }: Plugin): JsonObject {
  const version = versionOfPackage()
  return { name, description, version, sdk_version: version, supported_python_versions: [], capabilities, settings }
}

function plainText({ name, description, capabilities, settings }: Plugin): string {
  const lines = settingRows(settings).map(({ name: setting, type, fallback, description: meaning }) => {
    return `  ${setting} (${type}${fallback && `, default ${fallback}`}): ${meaning}\n`
  })
  const head = [`Name: ${name}`, `Description: ${description}`, `Version: ${versionOfPackage()}`]
  return `${[...head, `Capabilities: ${capabilities.join(', ')}`, 'Settings:'].join('\n')}\n${lines.join('')}`
}

interface SettingRow {
  readonly name: string
  readonly type: string
  /** JSON text; empty: none. */
  readonly fallback: string
  readonly description: string
}

function settingRows(settings: JsonSchema, prefix = ''): SettingRow[] {
  const required = textsOf(settings.required)
  return Object.entries(asObject(settings.properties)).flatMap(([name, schema]) => {
    if (!isObject(schema)) return []
    if (isObject(schema.properties) && schema.isOneRow !== true) return settingRows(schema, `${prefix}${name}.`)
    const marks = [required.includes(name) && 'required', schema.secret === true && 'secret'].filter(Boolean)
    return [
      {
        name: `${prefix}${name}`,
        type: [typeWords(schema), ...marks].join(', '),
        fallback: schema.default === undefined ? '' : jsonText(schema.default),
        description: typeof schema.description === 'string' ? schema.description.replaceAll('\n', ' ') : '',
      },
    ]
  })
}

function typeWords(schema: JsonObject): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value: Json) => String(value)).join(' or ')
  const types = textsOf(schema.type).filter((type) => type !== 'null')
  const items = isObject(schema.items) && typeof schema.items.type === 'string' ? ` of ${schema.items.type}s` : ''
  return `${types.join(' or ') || 'any'}${items}`
}
