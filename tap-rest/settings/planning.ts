import { ConfigError, type Json } from '../../singer/index.js'
import type { Config } from '../config.js'
import { valueAt } from './path.js'
import type { Problems } from './problems.js'
import { isSecretName } from './secret-names.js'
import { parseTemplate, type Scopes, type Template } from './template.js'

/** What everybody has at hand who reads a part of the settings. */
export interface Planning {
  readonly config: Config
  readonly problems: Problems
  /** `config` and `env`. */
  readonly bound: Scopes
  /** Texts that no line may hold. */
  readonly secrets: Set<string>
  /** Settings of the top level that a placeholder uses. */
  readonly used: Set<string>
}

/** The template of a value; undefined, and a problem, when it is none. `place` ends with the name of the value. */
export function templateAt(planning: Planning, place: string, value: Json): Template | undefined {
  return planning.problems.attempt(place, () => {
    const template = parsed(planning, value, isSecretPlace(place))
    note(planning, template)
    for (const text of secretTexts(template, place)) planning.secrets.add(text)
    return template
  })
}

/** A text that is complete once config and environment are in. */
export function textAt(planning: Planning, place: string, value: string, isSecret = false): string | undefined {
  return planning.problems.attempt(place, () => {
    const template = parsed(planning, value, isSecret || isSecretPlace(place))
    note(planning, template)
    const other = template.references.find(({ scope }) => scope !== 'config' && scope !== 'env')
    if (other) throw new ConfigError(`only {config.…} and {env.…} may stand here, not {${other.scope}}`)
    const text = String(template.render({}) ?? '')
    if (isSecret || isSecretPlace(place)) planning.secrets.add(text)
    return text
  })
}

/** As `textAt`, for each value of an object. */
export function textsAt(planning: Planning, place: string, values: Readonly<Record<string, string>> = {}) {
  const texts = Object.entries(values).map(
    ([name, value]) => [name, textAt(planning, `${place}.${name}`, value) ?? ''] as const,
  )
  return Object.fromEntries(texts)
}

/** What is wrong with a secret is told without any part of it. */
function parsed({ bound }: Planning, value: Json, isSecret: boolean): Template {
  try {
    return parseTemplate(value, { bound })
  } catch (problem) {
    if (!isSecret || !(problem instanceof ConfigError) || problem.message.startsWith('the variable ')) throw problem
    throw new ConfigError('holds a brace or a placeholder that is not understood; a brace itself is written {{ or }}')
  }
}

function note({ bound, secrets, used }: Planning, { references }: Template): void {
  for (const { scope, path } of references) {
    const [name = ''] = path
    if (scope === 'config') used.add(name)
    const value = valueAt(bound[scope], [name])
    if (typeof value === 'string' && isSecretName(name)) secrets.add(value)
  }
}

function isSecretPlace(place: string): boolean {
  return isSecretName(place.slice(place.lastIndexOf('.') + 1))
}

/** Also the token behind `Bearer`, and what stands below names that tell a secret in a body. */
function secretTexts(template: Template, place: string): string[] {
  if (template.references.some(({ scope }) => scope !== 'config' && scope !== 'env')) return []
  return secretsWithin(template.render({}), isSecretPlace(place)).flatMap((text) => [
    text,
    text.split(' ').at(-1) ?? '',
  ])
}

function secretsWithin(value: Json | undefined, isSecret: boolean): string[] {
  if (typeof value === 'string') return isSecret && value.length >= shortest ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item) => secretsWithin(item, isSecret))
  return Object.entries(value).flatMap(([name, item]) => secretsWithin(item, isSecret || isSecretName(name)))
}

/** `key: id` is a name, not a secret: to take it out of all lines would leave none readable. */
const shortest = 6
