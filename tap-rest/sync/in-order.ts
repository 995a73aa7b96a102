/** One source with what it brings. To be read to its end before the next lane is asked for. */
export interface Lane<S, T> {
  readonly source: S
  readonly items: AsyncIterable<T>
}

/**
 * Opens `width` sources at once and gives them in the order in which they came. Each works on the one item after the
 * last that was taken from it: behind a slow first source the others wait with one item each. When nobody wants more,
 * what is under way is told so by its signal.
 */
export async function* inOrder<S, T>(
  sources: AsyncIterable<S>,
  width: number,
  open: (source: S, unwanted: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<Lane<S, T>, void> {
  const waiting = sources[Symbol.asyncIterator]()
  const lanes: OpenLane<S, T>[] = []
  let isAtEnd = false
  try {
    for (;;) {
      while (lanes.length < width && !isAtEnd) {
        const next = await waiting.next()
        if (next.done) isAtEnd = true
        else lanes.push(openLane(next.value, open))
      }
      const [first] = lanes
      if (!first) return
      yield first
      lanes.shift()
    }
  } finally {
    // What fails while it is closed adds nothing to why this ends.
    await Promise.allSettled([...lanes.map((lane) => lane.close()), waiting.return?.()])
  }
}

interface OpenLane<S, T> extends Lane<S, T> {
  close(): Promise<unknown>
}

function openLane<S, T>(source: S, open: (source: S, unwanted: AbortSignal) => AsyncIterable<T>): OpenLane<S, T> {
  const unwanted = new AbortController()
  const iterator = open(source, unwanted.signal)[Symbol.asyncIterator]()
  const ahead = () => {
    const next = iterator.next()
    // It may fail while nobody waits for it yet; whoever comes to read this lane meets the failure.
    next.catch(() => undefined)
    return next
  }
  let next = ahead()
  async function* items() {
    for (;;) {
      const taken = await next
      if (taken.done) return unwanted.abort()
      next = ahead()
      yield taken.value
    }
  }
  return {
    source,
    items: items(),
    async close() {
      unwanted.abort()
      await iterator.return?.()
    },
  }
}
