import { viewOf } from '../../singer/bytes.js'
import type { Shape } from '../../singer/shape/shape.js'
import type { DocumentWriter } from './document-writer.js'
import { pathsAt } from './field-path.js'

/** Values that no JSON could hold, counted by the path of their field. */
export class NulledFields {
  readonly counts: Map<string, number> = new Map()
  readonly #documents: DocumentWriter
  readonly #shape: Shape

  constructor(documents: DocumentWriter, shape: Shape) {
    this.#documents = documents
    this.#shape = shape
  }

  /** Those of the document that was written last. */
  count(document: Buffer): void {
    const { nulled } = this.#documents
    if (nulled.length === 0) return
    const positions = [...new Set(nulled)].sort((a, b) => a - b)
    for (const path of pathsAt(viewOf(document), positions, this.#shape)) {
      this.counts.set(path, (this.counts.get(path) ?? 0) + 1)
    }
  }
}
