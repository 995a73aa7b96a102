/** `; did you mean paginate?` when a known word is near, or else what is known. To be put behind a message. */
export function suggestion(word: string, known: readonly string[]): string {
  const nearest = nearestOf(word, known)
  if (nearest !== undefined) return `; did you mean ${nearest}?`
  if (known.length === 0) return ''
  return known.length > most ? '' : `; known: ${known.join(', ')}`
}

const most = 12

/** The known word that is a slip of a few keys, another case, another separator or another ending away. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word)
  const near = known
    .map((each) => ({ each, distance: distance(wanted, plain(each)) }))
    .filter(({ each, distance }) => distance <= Math.floor(Math.min(wanted.length, plain(each).length) / 3))
    .sort((one, other) => one.distance - other.distance)
  return near[0]?.each ?? known.find((each) => isSameBeginning(wanted, plain(each)))
}

/** `pagination` for `paginate`, `records_path` for `records`. */
function isSameBeginning(one: string, other: string): boolean {
  return one.length >= 6 && other.length >= 6 && one.slice(0, 6) === other.slice(0, 6)
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '')
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(one: string, other: string): number {
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      const replaced = at(last, column - 1) + (isSame ? 0 : 1)
      const swapped = isSwap ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped))
    }
    before = last
    last = current
  }
  return at(last, other.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
