import type { JsonObject } from '../../singer/index.js'
import { asObject, textsOf } from '../../singer/json.js'
import type { JsonSchema } from '../../singer/schema.js'
import { urlText } from '../http/url-text.js'
import type { OpenSource } from '../sync/open-source.js'
import type { Seen } from './look.js'

/** One line about what was found, so that a wrong guess is seen before it is frozen. Names and types, never values. */
export function reportLook(
  { plan, context, guesses }: OpenSource,
  { first, records, pages }: Seen,
  schema: JsonSchema,
): void {
  const { log } = context
  const { body, paging } = guesses()
  const stream = plan.name
  if (!first) {
    log.warning('nothing was found: no parent, or no answer', { stream })
    return
  }
  log.info('found', {
    stream,
    request: `${first.request.method} ${urlText(first.request.url)}`,
    status: first.response.status,
    ...(body && { records: body.records, format: body.format }),
    paginate: paging?.frozen ?? (plan.paginate.kind === 'auto' ? 'auto, none recognized' : plan.paginate.kind),
    looked_at: `${counted(records, 'record')} on ${counted(pages, 'page')}`,
    fields: fieldsOf(schema),
  })
  if (records === 0) log.warning('no record was found: the columns will be known with the first one', { stream })
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function fieldsOf(schema: JsonSchema): string {
  const fields = Object.entries(asObject(schema.properties)).map(
    ([name, property]) => `${name} ${typeOf(asObject(property))}`,
  )
  return fields.join(', ')
}

function typeOf({ type, format }: JsonObject): string {
  const types = textsOf(type).filter((each) => each !== 'null')
  if (typeof format === 'string') return format
  return types.length > 0 ? types.join('|') : 'any'
}
