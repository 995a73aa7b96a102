import type { Bookmark } from '../../singer/state.js'
import { storedStart, storedTime, tokenBookmark } from '../bookmarks.js'
import type { Position } from './position.js'

export function positionBookmark({ token, time }: Position): Bookmark {
  if (token) return tokenBookmark(token, time)
  return time ? { resume_token_time: { t: time.t, i: time.i } } : {}
}

/** Of this tap or a peer. */
export function storedPosition(bookmark: Bookmark): Position | undefined {
  const start = storedStart(bookmark)
  const time = start?.kind === 'time' ? start.time : storedTime(bookmark)
  const token = start?.kind === 'token' ? start.token : undefined
  return token || time ? { token, time } : undefined
}
