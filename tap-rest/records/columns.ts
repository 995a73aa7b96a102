import type { Flatten, Path, StreamPlan } from '../settings/plan.js'

/** The column in which the record's field at this path is sent, when it is a column of its own. */
export function columnName(path: Path, flatten: Flatten | undefined): string {
  const name = path.join(flatten?.separator ?? defaultSeparator)
  return flatten?.cleanNames ? name.replace(/[-.]/g, '_') : name
}

const defaultSeparator = '__'

/**
 * The stream's key in the record as it is sent. A key within an object (`user.id`) is a column of its own, `user__id`,
 * beside that object: key properties of Singer are names of the record itself.
 */
export function keyColumns({ primaryKey, flatten }: StreamPlan): string[] {
  return primaryKey.map((path) => columnName(path, flatten))
}

/** Keys within objects, which records that are sent as they are have to be given as columns. */
export function nestedKeys({ primaryKey, flatten }: StreamPlan): Path[] {
  return flatten ? [] : primaryKey.filter((path) => path.length > 1)
}

export const rawColumn = '_sdc_raw_json'
