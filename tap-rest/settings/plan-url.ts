import { ConfigError, SourceError } from '../../singer/index.js'
import { assertAllowed } from '../http/origin.js'
import { percentEncoded } from '../paging/url-query.js'
import type { ConnectionPlan } from './plan.js'
import type { Planning } from './planning.js'
import { parseTemplate, type Scopes, type Template } from './template.js'

/** The base of all paths: complete, http or https, without a slash at its end. */
export function baseUrlOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text))
    throw new ConfigError('must be a URL that begins with https://')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '')
    throw new ConfigError('must hold no user and password: put them into auth')
  if (url.search !== '' || url.hash !== '') throw new ConfigError('must have no ? or #: parameters go into params')
  return text.replace(/\/+$/, '')
}

type Connection = Pick<ConnectionPlan, 'baseUrl' | 'allowHosts'>

/**
 * `path` behind the base, or alone when it is an absolute URL. What a placeholder puts in is percent-encoded, unless it
 * says `|raw`, or stands first and is an absolute URL itself.
 */
export function urlTemplate({ bound }: Planning, path: string, connection: Connection): Template {
  const encode = percentEncoded
  const origin = /^https?:\/\/[^/?#]*/i.exec(path)?.[0]
  if (origin !== undefined) {
    assertOrigin(parseTemplate(origin, { bound }), connection)
    return withinPath(path, parseTemplate(path, { bound, encode }))
  }
  const joined = (tail: string) => `${connection.baseUrl}${/^$|^[/?]/.test(tail) ? '' : '/'}${tail}`
  const relative = withinPath(path, parseTemplate(path, { bound, encode }))
  const first = /^\{(?!\{)[^{}]*\}/.exec(path)?.[0]
  const { references } = relative
  if (first === undefined) return { references, render: (scopes) => joined(textOf(relative, scopes)) }
  const lead = parseTemplate(first, { bound })
  const tail = path.slice(first.length)
  const rest = withinPath(tail, parseTemplate(tail, { bound, encode }))
  const render = (scopes: Scopes) => {
    const start = lead.render(scopes)
    const isAbsolute = typeof start === 'string' && /^https?:\/\//i.test(start)
    return isAbsolute ? `${start}${textOf(rest, scopes)}` : joined(textOf(relative, scopes))
  }
  return { references, render }
}

function assertOrigin(origin: Template, connection: Connection): void {
  const other = origin.references.find(({ scope }) => scope !== 'config' && scope !== 'env')
  if (other) throw new ConfigError(`its host must not depend on {${other.scope}}`)
  const text = String(origin.render({}))
  if (!URL.canParse(text)) throw new ConfigError('must be a path, or a URL')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '')
    throw new ConfigError('must hold no user and password: put them into auth')
  try {
    assertAllowed(url, { allowHosts: connection.allowHosts, baseUrl: connection.baseUrl })
  } catch (problem) {
    if (!(problem instanceof SourceError)) throw problem
    throw new ConfigError(
      `${url.origin} is not the origin of base_url; name it in allow_hosts if requests may go there`,
    )
  }
}

function textOf(template: Template, scopes: Scopes): string {
  const value = template.render(scopes)
  if (value !== undefined) return String(value)
  const { scope = '', path = [] } = template.references[0] ?? {}
  throw new SourceError(`make the URL: {${[scope, ...path].join('.')}} has no value here`)
}

/**
 * A value `..` would lead to another path, also when it is encoded: https://url.spec.whatwg.org/#double-dot-path-segment
 * So would an empty one: to the whole list instead of the children of one parent.
 */
function withinPath(path: string, template: Template): Template {
  const { references } = template
  if (references.length === 0) return template
  const isOfRecords = references.some(({ scope }) => scope === 'parent' || scope === 'list') && !path.includes('|raw')
  const mostGaps = isOfRecords ? gapsIn(segmentsOf(path.replaceAll(/\{[^{}]*\}/g, 'x'))) : Number.POSITIVE_INFINITY
  const render = (scopes: Scopes) => {
    const value = template.render(scopes)
    const segments = typeof value === 'string' ? segmentsOf(value) : []
    const isOther = segments.some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)) || gapsIn(segments) > mostGaps
    if (!isOther) return value
    throw new SourceError('make the URL: a value is empty, `.` or `..`, which would lead to another path')
  }
  return { references, render }
}

function segmentsOf(url: string): string[] {
  return (url.split(/[?#]/, 1)[0] ?? '').split(/[/\\]/)
}

function gapsIn(segments: readonly string[]): number {
  return segments.filter((segment) => segment === '').length
}
