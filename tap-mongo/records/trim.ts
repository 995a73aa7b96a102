import { isObject, type Json } from '../../singer/json.js'
import type { Shape } from '../../singer/shape/shape.js'

/** Without what is left out. */
export function trimmed(value: Json, shape: Shape): Json {
  if (!isObject(value)) return value
  const kept = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    const member = shape.members.get(name)
    if (!member) return shape.isClosed ? [] : [[name, inner]]
    return member.use === 'keep' ? [[name, trimmed(inner, member.shape)]] : []
  })
  return Object.fromEntries(kept)
}
