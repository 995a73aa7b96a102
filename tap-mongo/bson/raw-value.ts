/** A BSON value as the server sent it: nothing is lost, neither -0.0 nor the order of an object's fields. */
export interface RawValue {
  /** One of BsonType. */
  readonly type: number
  /** What follows the field's name. A copy, not a part of the driver's memory. */
  readonly bytes: Buffer
}

/** As the driver sends it in a filter: the same bytes, documents as Maps. */
export function driverValue(_value: RawValue): unknown {
  throw new Error('contract')
}
