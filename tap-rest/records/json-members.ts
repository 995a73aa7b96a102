import { viewOf } from '../../singer/bytes.js'
import { CLOSE_OBJECT, COMMA } from '../../singer/json-syntax.js'
import { skipColon, skipSpace, skipString, skipValue } from './json-skip.js'

/** A member of a JSON object: its key, and its value as it stands there. */
export interface JsonMember {
  readonly name: string
  readonly value: Buffer
}

/** `object`: one valid JSON object, from brace to brace. */
export function* jsonMembers(object: Buffer): Generator<JsonMember> {
  const view = viewOf(object)
  let at = skipSpace(view, 1)
  while (view.getUint8(at) !== CLOSE_OBJECT) {
    const keyEnd = skipString(view, at)
    const valueAt = skipColon(view, keyEnd)
    const end = skipValue(view, valueAt)
    yield { name: JSON.parse(object.toString('utf8', at, keyEnd)), value: object.subarray(valueAt, end) }
    at = skipSpace(view, end)
    if (view.getUint8(at) === COMMA) at = skipSpace(view, at + 1)
  }
}

/** The value at a path of names; of equal keys the last. */
export function jsonAt(value: Buffer, path: readonly string[]): Buffer | undefined {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (value[0] !== 0x7b) return undefined
  const found = [...jsonMembers(value)].findLast((member) => member.name === name)
  return found && jsonAt(found.value, rest)
}
