import { SourceError } from '../../singer/index.js'
import type { StreamPlan } from '../settings/plan.js'
import { columnName, nestedKeys, rawColumn } from './columns.js'
import { flattened } from './flatten.js'
import { jsonAt, jsonMembers } from './json-members.js'

/** The record as its columns, where these are not the record's own members. */
export type ToColumns = (record: Buffer, isParent: (column: string) => boolean) => Buffer

/** Undefined: records are sent as they are. */
export function toColumns(plan: StreamPlan): ToColumns | undefined {
  const { name, flatten, rawRecord } = plan
  const keys = nestedKeys(plan)
  if (!flatten && !rawRecord && keys.length === 0) return undefined
  return (record, isParent) => {
    const own = flatten ? flattened(record, { stream: name, flatten, isParent }) : members(record)
    const first = keys.map((path) => [columnName(path, flatten), jsonAt(record, path)] as const)
    const last = rawRecord ? [[rawColumn, Buffer.from(JSON.stringify(record.toString()))] as const] : []
    for (const [column] of [...first, ...last]) if (own.has(column)) throw clash(name, column)
    return objectOf([...first, ...own, ...last])
  }
}

function members(record: Buffer): ReadonlyMap<string, Buffer> {
  return new Map([...jsonMembers(record)].map(({ name, value }) => [name, value]))
}

function objectOf(columns: Iterable<readonly [string, Buffer | undefined]>): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of columns) {
    if (value) parts.push(Buffer.from(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`), value)
  }
  return Buffer.concat([...(parts.length === 0 ? [Buffer.from('{')] : parts), Buffer.from('}')])
}

function clash(stream: string, column: string): SourceError {
  const cause = column === rawColumn ? 'raw_record' : 'primary_key'
  return new SourceError(`read ${stream}: its records have a field ${column} of their own, which ${cause} would hide`)
}
