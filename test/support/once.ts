/** The function, called at most once: everybody gets the same promise. A failure is the same for everybody, too. */
export function onceOnly<T>(start: () => Promise<T>): () => Promise<T> {
  let promise: Promise<T> | undefined
  return () => {
    promise ??= start()
    return promise
  }
}
