import { ConfigError } from '../../singer/index.js'
import type { RawValue } from '../bson/raw-value.js'
import { keyAt } from '../key-order.js'
import type { ReplicationKey } from '../replication-key.js'
import { instantOf } from '../settings/date-time.js'
import type { Source } from '../source.js'

/** `start` belongs to the window, `end` does not. Both are absent where keys name no instants. */
export interface KeyWindow {
  readonly start?: RawValue | undefined
  readonly end?: RawValue | undefined
}

/** What `start_date` and `end_date` mean for keys like this one: dates, timestamps, ObjectIds by their seconds. */
export function keyWindow(source: Source, { path }: ReplicationKey, example: RawValue | undefined): KeyWindow {
  const { stream, own, context } = source
  const start = instant(source, 'start_date')
  const end = instant(source, 'end_date')
  if (!example || (start === undefined && end === undefined)) return {}
  if (!keyAt(example.type, 0)) {
    const settings = [...(own.start_date ? ['start_date'] : []), ...(own.end_date ? ['end_date'] : [])]
    const fields = { stream: stream.id, replication_key: path, settings }
    context.log.warning('the replication key names no instants: dates in the settings have no meaning for it', fields)
    return {}
  }
  return {
    start: start === undefined ? undefined : keyAt(example.type, start),
    end: end === undefined ? undefined : keyAt(example.type, end),
  }
}

function instant({ stream, own }: Source, setting: 'start_date' | 'end_date'): number | undefined {
  const text = own[setting]
  if (text === undefined) return undefined
  const ms = instantOf(text)
  if (!Number.isNaN(ms)) return ms
  throw new ConfigError(`stream ${stream.id}: its ${setting} is no date-time such as 2024-02-29T00:00:00Z`)
}
