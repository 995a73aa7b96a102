import { SourceError } from '../../singer/errors.js'
import { isObject, jsonText } from '../../singer/json.js'
import { pathText, valueAt } from '../settings/path.js'
import type { Path } from '../settings/plan.js'
import type { BodyText } from './body-text.js'
import type { Found } from './json-page.js'
import { type Tree, treeOf } from './json-tree.js'
import type { RecordsPath } from './records-path.js'

/** What stands where the records should be: names of keys and kinds of values, never values. */
export function noRecords(
  { bytes, begin }: BodyText,
  path: RecordsPath,
  found: Exclude<Found, { kind: 'records' }>,
): SourceError {
  const { root } = treeOf(bytes, begin)
  switch (found.kind) {
    case 'missing':
      return new SourceError(
        `has no records at \`${path.text}\`: ${whereItEnds(root, path.names)}; correct \`records\`, or set ` +
          '`records_optional: true` where nothing there means no records',
      )
    case 'scalar':
      return new SourceError(`has no records at \`${path.text}\`: ${describe(root, path.names)}; correct \`records\``)
    case 'item':
      return new SourceError(
        `has at \`${path.text}\` an item that is no object, number ${found.index} counted from 0; correct \`records\``,
      )
    default:
      return found satisfies never
  }
}

/** The last value on the way that is there. */
function whereItEnds(root: Tree, names: Path): string {
  const known = names.findIndex((_, i) => valueAt(root, names.slice(0, i + 1)) === undefined)
  return describe(root, known < 0 ? names : names.slice(0, known))
}

function describe(root: Tree, names: Path): string {
  const place = names.length === 0 ? 'the body' : `\`${pathText(names)}\``
  const value = valueAt(root, names)
  if (!isObject(value)) return `${place} is ${kindOf(value)}`
  const keys = Object.keys(value).map((key) => (/^[\w@$.:-]+$/.test(key) ? key : jsonText(key)))
  if (keys.length === 0) return `${place} is an empty object`
  return `${place} has the keys ${keys.slice(0, mostKeys).join(', ')}${keys.length > mostKeys ? ', …' : ''}`
}

const mostKeys = 20

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
