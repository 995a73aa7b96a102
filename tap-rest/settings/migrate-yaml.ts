import { Document, isMap, isScalar, type ScalarTag, visit } from 'yaml'
import { Digits, type JsonObject } from '../../singer/index.js'
import type { Note, Notes } from './migrate-notes.js'

/** Settings as people write them, with a comment above each key that has one. */
export function yamlText(settings: JsonObject, notes: Notes): string {
  const document = new Document(settings, { version: '1.2', schema: 'core', customTags: (tags) => [digits, ...tags] })
  for (const note of notes.comments) comment(document, note)
  inFlow(document)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

const digits: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof Digits,
  resolve: (text) => text,
  stringify: ({ value }) => (value instanceof Digits ? value.text : String(value)),
}

/** Of a place that is not there the comment stands above the next one outside. */
function comment(document: Document, { place, text }: Note): void {
  const parent = document.getIn(place.slice(0, -1), true)
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === place.at(-1)) : undefined
  if (pair && isScalar(pair.key)) pair.key.commentBefore = joined(pair.key.commentBefore, text)
  else if (place.length > 1) comment(document, { place: place.slice(0, -1), text })
  else document.commentBefore = joined(document.commentBefore, text)
}

function joined(before: string | null | undefined, text: string): string {
  return before ? `${before}\n ${text}` : ` ${text}`
}

/** Small things on one line. */
function inFlow(document: Document): void {
  visit(document, {
    Collection(_, node) {
      const text = JSON.stringify(node.toJSON())
      if (text.length <= 60 && text.indexOf('{', 1) === -1 && !hasComments(node)) node.flow = true
    },
  })
}

function hasComments(node: object): boolean {
  return 'items' in node && Array.isArray(node.items) && node.items.some((item) => Boolean(item?.key?.commentBefore))
}
