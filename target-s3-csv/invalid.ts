/** A value that its column cannot hold. The message never shows the value. */
export class InvalidValue extends Error {}

export const loneSurrogate = 'holds half of a surrogate pair, which no UTF-8 text can hold'

/** A record that breaks its SCHEMA. `column` may be a path of properties that is no column. */
export class InvalidRecord extends Error {
  readonly column: string
  constructor(column: string, reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.column = column
  }
}
