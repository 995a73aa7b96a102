import { element } from './change-event.js'
import { documentOf, type Element, elements } from './elements.js'

/** The fields of an event, spread over documents of at most about so many bytes, each with `splitEvent`. */
export function fragments(event: Buffer, bytes: number): Buffer[] {
  const parts: Element[][] = [[]]
  let size = 0
  for (const each of elements(event)) {
    const length = each.bytes.length + each.name.length
    if (size > 0 && size + length > bytes) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(each)
    size += length
  }
  return parts.map((part, index) =>
    documentOf([...part, element('splitEvent', { fragment: index + 1, of: parts.length })]),
  )
}
