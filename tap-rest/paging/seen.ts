/**
 * Tells whether a text came before: for sure when it was one of the last `capacity`, and a cycle of whatever length sooner
 * or later (Brent: an old text is kept, and exchanged for a newer one after twice as many as the time before).
 */
export function createSeen(capacity = 10_000): (text: string) => boolean {
  const recent = new Set<string>()
  let old: string | undefined
  let steps = 0
  let reach = 1
  return (text) => {
    if (text === old || recent.has(text)) return true
    if (++steps === reach) {
      old = text
      steps = 0
      reach *= 2
    }
    recent.add(text)
    const [eldest] = recent
    if (recent.size > capacity && eldest !== undefined) recent.delete(eldest)
    return false
  }
}
