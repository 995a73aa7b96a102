import { ConfigError } from '../../singer/index.js'
import { formatStrftime } from '../sync/strftime.js'
import { parseInstant, parsePattern } from '../sync/times.js'
import type { IncrementalSettings } from './config-paging.js'
import { parseDistance, parseDuration } from './durations.js'
import { parsePath } from './path.js'
import type { CursorPlace, Incremental, TimeFormat } from './plan.js'
import { type Planning, textAt } from './planning.js'
import type { Reference } from './template.js'

/** `references`: what the placeholders of the request use; they may take the bookmark instead of `param`. */
export function incrementalPlan(
  planning: Planning,
  place: string,
  { settings, references }: { settings: IncrementalSettings; references: readonly Reference[] },
): Incremental {
  const { problems, config } = planning
  const { lookback, granularity } = settings
  const given = settings.start ?? config.start_date
  const start = given === undefined ? undefined : textAt(planning, `${place}.start`, given)
  const mode = settings.mode ?? 'param'
  const format = problems.attempt(`${place}.format`, () => formatOf(settings.format)) ?? 'iso'
  const isTime = start === undefined || (parseInstant(start) ?? parsePattern(start, format)) !== undefined
  if (settings.step !== undefined && !isTime) problems.add(`${place}.start`, 'must be a time, since step is one')
  const sent = places(planning, place, settings)
  for (const { at, text } of gaps(settings, references, { mode, hasStart: start !== undefined })) {
    problems.add(at === '' ? place : `${place}.${at}`, text)
  }
  return {
    key: problems.attempt(`${place}.key`, () => parsePath(settings.key)) ?? [],
    ...(start !== undefined && { start }),
    mode,
    ...sent,
    format,
    order: settings.order ?? 'none',
    ...optional('step', settings.step, (text) => problems.attempt(`${place}.step`, () => parseDuration(text))),
    ...optional('lookback', lookback, (text) => problems.attempt(`${place}.lookback`, () => parseDistance(text))),
    ...optional('granularity', granularity, (text) =>
      problems.attempt(`${place}.granularity`, () => parseDistance(text)),
    ),
  }
}

function optional<Name extends string, Value>(
  name: Name,
  text: string | undefined,
  read: (text: string) => Value | undefined,
): { readonly [key in Name]?: Value } {
  const value = text === undefined ? undefined : read(text)
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]?: Value })
}

function places(
  { problems }: Planning,
  place: string,
  settings: IncrementalSettings,
): Pick<Incremental, 'send' | 'sendEnd'> {
  const { param, body, header, end_param: end } = settings
  const at = (key: string, name: string): CursorPlace => {
    if (body !== undefined) return { body: problems.attempt(`${place}.${key}`, () => parsePath(name)) ?? [] }
    return header === undefined ? { param: name } : { header: name.toLowerCase() }
  }
  const name = body ?? header ?? param
  const key = body === undefined ? (header === undefined ? 'param' : 'header') : 'body'
  return {
    ...(name !== undefined && { send: at(key, name) }),
    ...(end !== undefined && { sendEnd: at('end_param', end) }),
  }
}

function* gaps(
  settings: IncrementalSettings,
  references: readonly Reference[],
  { mode, hasStart }: { mode: Incremental['mode']; hasStart: boolean },
): Generator<{ at: string; text: string }> {
  const uses = (scope: string, field?: string) =>
    references.some(({ scope: each, path }) => each === scope && (field === undefined || path[0] === field))
  const places = (['param', 'body', 'header'] as const).filter((key) => settings[key] !== undefined)
  if (places.length > 1) yield { at: '', text: `${places.join(' and ')} exclude each other` }
  const isSent = places.length > 0 || uses('state') || uses('window', 'start')
  if (mode === 'param' && !isSent) {
    yield {
      at: '',
      text: 'param is required, or {state} in params, path, headers or body; for an API without a filter write mode: filter',
    }
  }
  if (settings.step === undefined) {
    if (settings.end_param !== undefined) yield { at: 'end_param', text: 'needs step, the length of a window' }
    return
  }
  if (mode !== 'param') yield { at: 'step', text: `belongs to mode param, not ${mode}` }
  if (!hasStart)
    yield { at: 'start', text: 'is required with step: where the first window begins; start_date does, too' }
  if (settings.end_param === undefined && !uses('window', 'end')) {
    yield { at: 'end_param', text: 'is required with step, or {window.end} in params, path, headers or body' }
  }
}

function formatOf(format: string = 'iso'): TimeFormat {
  const known = formats.find((each) => each === format)
  if (known) return known
  if (!isPattern(format)) throw new ConfigError(`must be one of ${formats.join(', ')} or strftime:%Y-%m-%d`)
  formatStrftime({ units: 0n, scale: 0 }, format.slice('strftime:'.length))
  return format
}

function isPattern(format: string): format is `strftime:${string}` {
  return format.startsWith('strftime:') && format.length > 'strftime:'.length
}

const formats = ['iso', 'iso_z', 'epoch', 'epoch_ms', 'date'] as const
