import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT } from '../../singer/json-syntax.js'
import { skipColon, skipComma, skipKey, skipSpace, skipValue } from './json-scan.js'
import { keyName } from './record-scan.js'

/** Parsed JSON to look around in, where numbers may be rounded: what is found there is then read from the bytes. */
export type Tree = null | boolean | number | string | Tree[] | TreeObject
export interface TreeObject {
  [key: string]: Tree
}

/** Where an object or array of a tree stands in the bytes. */
export type Places = Map<Tree, { readonly start: number; readonly end: number }>

/** The bytes from `begin` on must be known to be valid JSON. */
export function treeOf(bytes: Buffer, begin: number): { readonly root: Tree; readonly places: Places } {
  const builder = new TreeBuilder(bytes)
  return { root: builder.value(skipSpace(bytes, begin)), places: builder.places }
}

export function isTreeObject(tree: Tree | undefined): tree is TreeObject {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree)
}

class TreeBuilder {
  readonly places: Places = new Map()
  readonly #bytes: Buffer
  #end = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(start: number): Tree {
    const byte = this.#bytes[start]
    if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return this.#scalar(start)
    const tree = byte === OPEN_OBJECT ? this.#object(start) : this.#array(start)
    this.places.set(tree, { start, end: this.#end })
    return tree
  }

  #object(pos: number): TreeObject {
    const bytes = this.#bytes
    // Without a prototype, `__proto__` is a key like any other.
    const tree: TreeObject = Object.create(null)
    let i = skipSpace(bytes, pos + 1)
    while (bytes[i] !== CLOSE_OBJECT) {
      const end = Math.abs(skipKey(bytes, i))
      tree[keyName(bytes, i, end)] = this.value(skipColon(bytes, end))
      i = skipComma(bytes, this.#end, CLOSE_OBJECT)
    }
    this.#end = i + 1
    return tree
  }

  #array(pos: number): Tree[] {
    const bytes = this.#bytes
    const tree: Tree[] = []
    let i = skipSpace(bytes, pos + 1)
    while (bytes[i] !== CLOSE_ARRAY) {
      tree.push(this.value(i))
      i = skipComma(bytes, this.#end, CLOSE_ARRAY)
    }
    this.#end = i + 1
    return tree
  }

  #scalar(pos: number): Tree {
    this.#end = skipValue(this.#bytes, pos, 0)
    return JSON.parse(this.#bytes.toString('utf8', pos, this.#end))
  }
}
