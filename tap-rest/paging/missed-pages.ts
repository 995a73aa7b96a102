import { pathText } from '../settings/path.js'
import type { CursorSource } from '../settings/plan.js'
import { whyMore } from './detect-places.js'
import { nextPlaces } from './paginate-url.js'
import type { ConcretePaginate, Turn } from './paginator.js'
import { answerAt } from './turn-facts.js'

/**
 * Why the first page, which led nowhere, may not be all: what should lead on is not even there, as with a name that is
 * spelled wrong, and the page looks like one of several.
 */
export function missedPages(turn: Turn, paginate: ConcretePaginate): string | undefined {
  if (paginate.hasMore || paginate.stopWhen) return undefined
  const missing = missingSign(turn, paginate)
  const reason = missing === undefined ? undefined : whyMore(turn)
  if (reason === undefined) return undefined
  return `one page only is read: it has no ${missing}, but ${reason}; correct paginate (none, if this is all)`
}

function missingSign(turn: Turn, paginate: ConcretePaginate): string | undefined {
  const isThere = (path: readonly string[]) => answerAt(turn, path) !== undefined
  switch (paginate.kind) {
    case 'link':
      return isThere(['headers', 'link']) ? undefined : 'Link header'
    case 'next': {
      const { path } = paginate
      return (path ? [path] : nextPlaces).some(isThere)
        ? undefined
        : path
          ? pathText(path)
          : 'next URL in the usual places'
    }
    case 'cursor': {
      const sign = signOf(paginate.from)
      return !sign || isThere(sign) ? undefined : pathText(sign)
    }
    case 'none':
    case 'page':
    case 'offset':
      return undefined
    default:
      return paginate satisfies never
  }
}

/** `last` complains by itself, and an expression may mean the end by what is absent. */
function signOf(from: CursorSource): readonly string[] | undefined {
  if ('body' in from) return from.body
  return 'header' in from ? ['headers', from.header.toLowerCase()] : undefined
}
