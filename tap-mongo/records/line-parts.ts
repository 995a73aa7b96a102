import { viewOf } from '../../singer/bytes.js'
import { jsonText } from '../../singer/json.js'
import { recordLineEnds } from '../../singer/record-line.js'
import type { StreamConfig } from '../config.js'
import { type Columns, deletedColumn } from './columns.js'

/** What some lines have beside their documents. */
export interface LineFacts {
  readonly version?: number | undefined
  /** Milliseconds since 1970. */
  readonly deletedAt?: number | undefined
  readonly timeExtracted: string
}

export interface LineOptions {
  readonly stream: string
  readonly columns: Columns
  readonly keyProperties: readonly string[]
  readonly defaults: StreamConfig['defaults']
}

export interface Default {
  readonly mark: number
  /** `"name":value` */
  readonly text: DataView
}

export interface LineEnds {
  readonly prefix: DataView
  readonly suffix: DataView
  /** `"_sdc_deleted_at":…`; empty: it is absent. */
  readonly deleted: DataView
  readonly isDeleted: boolean
}

export function defaultsOf({ columns: { document, marked }, defaults = {} }: LineOptions): Default[] {
  return Object.entries(defaults).flatMap(([name, value]) => {
    if (document.members.get(name)?.use !== 'keep') return []
    return [{ mark: marked.indexOf(name), text: viewOf(Buffer.from(`${JSON.stringify(name)}:${jsonText(value)}`)) }]
  })
}

export function lineEnds({ stream, columns: { record, document } }: LineOptions, facts: LineFacts): LineEnds {
  const { version, deletedAt, timeExtracted } = facts
  const { prefix, suffix } = recordLineEnds({ stream, version, timeExtracted })
  const isDeleted = deletedAt !== undefined
  const time = isDeleted ? JSON.stringify(new Date(deletedAt)) : 'null'
  const deleted = isDeleted || record !== document ? `"${deletedColumn}":${time}` : ''
  return { prefix: viewOf(prefix), suffix: viewOf(suffix), deleted: viewOf(Buffer.from(deleted)), isDeleted }
}
