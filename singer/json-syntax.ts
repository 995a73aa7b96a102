/** The bytes are no JSON text (RFC 8259). `position`: where in the buffer; the bytes themselves are never shown. */
export class JsonError extends Error {
  readonly position: number
  constructor(problem: string, position: number) {
    super(problem)
    this.position = position
  }
}

export const QUOTE = 34
export const BACKSLASH = 92
export const COMMA = 44
export const COLON = 58
export const OPEN_OBJECT = 123
export const CLOSE_OBJECT = 125
export const OPEN_ARRAY = 91
export const CLOSE_ARRAY = 93
export const NEWLINE = 10
