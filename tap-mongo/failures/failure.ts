/** What a thrown value of the driver says of itself. */
export interface Failure {
  /** The driver's class; its classes are not compared, so that nothing loads the driver for them. */
  readonly name: string
  /** The server's number. */
  readonly code: number | undefined
  readonly labels: readonly string[]
  /** For people: one line without user info. */
  readonly message: string
  /** The message and those of all causes, with the codes of the operating system and of TLS. */
  readonly text: string
}

export function failureOf(cause: unknown): Failure {
  const chain = [...chainOf(cause)]
  return {
    name: cause instanceof Error ? cause.name : '',
    code: codeOf(cause),
    labels: labelsOf(cause),
    message: messageOf(cause).replace(/\.$/, ''),
    text: chain.flatMap((each) => [messageOf(each), codeText(each)]).join(' '),
  }
}

/** The number by which the server calls its error: 286 of ChangeStreamHistoryLost. */
export function codeOf(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined
  // An Int32 of bson where numbers are not promoted; a text where the operating system speaks.
  const code = Number(cause.code)
  return Number.isInteger(code) && code !== 0 ? code : undefined
}

function codeText(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}

function labelsOf(cause: unknown): readonly string[] {
  if (typeof cause !== 'object' || cause === null || !('errorLabels' in cause)) return []
  return Array.isArray(cause.errorLabels) ? cause.errorLabels.map(String) : []
}

const deepest = 5

/** An error, what caused it, and so on; the parts of an AggregateError beside each other. */
function* chainOf(cause: unknown, depth = 0): Generator<unknown> {
  if (depth === deepest || cause === undefined) return
  yield cause
  if (cause instanceof AggregateError) for (const part of cause.errors) yield* chainOf(part, depth + 1)
  if (cause instanceof Error) yield* chainOf(cause.cause, depth + 1)
}

/** A host with several addresses fails with an AggregateError, which has no message of its own. */
function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return withoutUserInfo(String(cause))
  const parts = cause instanceof AggregateError ? cause.errors.map(messageOf).join(', ') : ''
  return withoutUserInfo(cause.message || parts || ('code' in cause ? String(cause.code) : cause.name))
}

/** A password may hold an @ that is not encoded: all up to the last one goes. */
function withoutUserInfo(text: string): string {
  return text.replace(/(mongodb(?:\+srv)?:\/\/).*@/gis, '$1***@')
}
