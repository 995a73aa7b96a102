import { SourceError } from '../../singer/index.js'
import { type Fields, fieldsOf } from './fields.js'
import { documentIn, integerIn } from './read-field.js'

/**
 * Joins the events that the server split because they were larger than 16 MB: each fragment has some of the fields.
 * https://www.mongodb.com/docs/manual/reference/operator/aggregation/changeStreamSplitLargeEvent/
 */
export class Fragments {
  #fields: Fields | undefined
  #count = 0n

  /** The rest of an event is missing. */
  get isOpen(): boolean {
    return this.#fields !== undefined
  }

  /** The event that is whole with this one; undefined: more fragments follow. */
  join(fields: Fields): Fields | undefined {
    const split = documentIn(fields.get('splitEvent'))
    if (!split) return this.isOpen ? this.#broken() : fields
    const place = fieldsOf(split)
    const [fragment, of] = [integerIn(place.get('fragment')), integerIn(place.get('of'))]
    if (fragment !== this.#count + 1n || of === undefined) return this.#broken()
    const joined = new Map([...(this.#fields ?? []), ...fields])
    this.#fields = fragment < of ? joined : undefined
    this.#count = fragment < of ? fragment : 0n
    return fragment < of ? undefined : joined
  }

  #broken(): never {
    throw new SourceError('fragments of a large event are missing in the change stream')
  }
}
