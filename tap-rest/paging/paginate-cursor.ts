import { type Json, parseJson, SourceError } from '../../singer/index.js'
import { pathText } from '../settings/path.js'
import type { CursorPlace, CursorSource, Path } from '../settings/plan.js'
import type { PagingOptions, Turn, Way } from './paginator.js'
import { withValue } from './place.js'
import { answerAt, factsOf, indexOfPath } from './turn-facts.js'

/** A value of each answer goes into the next request as it came. Null, absent, empty and false ones end the sequence. */
export function cursorWay(from: CursorSource, to: CursorPlace, options: PagingOptions): Way {
  return {
    followsTokens: true,
    first: (request) => request,
    next(turn) {
      const cursor = cursorOf(turn, from, options) ?? null
      // No source has false as a cursor: it is what an expression such as `body.more and body.cursor` gives at the end.
      return cursor === null || cursor === '' || cursor === false ? undefined : withValue(turn.request, to, cursor)
    },
  }
}

function cursorOf(turn: Turn, from: CursorSource, options: PagingOptions): Json | undefined {
  if ('body' in from) return answerAt(turn, from.body)
  if ('header' in from) return turn.response.headers[from.header.toLowerCase()]
  if ('next' in from) return from.next.evaluate(factsOf(turn))
  return turn.page.count === 0 ? undefined : lastField(turn, from.last, options)
}

/** Without it nothing could follow: a name spelled wrong must not look like the end of the data. */
function lastField({ page, number }: Turn, path: Path, { stream, wanted }: PagingOptions): Json {
  const text = page.field(page.count - 1, indexOfPath(wanted, path))
  const value = text === undefined ? null : parseJson(text.toString())
  if (value !== null) return value
  throw new SourceError(`${stream}: the last record of page ${number} has no ${pathText(path)} to go on from`)
}
