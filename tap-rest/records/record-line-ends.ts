import { type RecordLineEnds, recordLineEnds } from '../../singer/record-line.js'

export interface PageEnds {
  readonly usual: RecordLineEnds
  /** Of records without a column of their own. */
  readonly empty: RecordLineEnds
}

export interface LineFacts {
  readonly stream: string
  /** Columns that each record of a page begins with, as members of a JSON object: `"lat":1,"lon":2`. */
  readonly first: Buffer
  readonly version: number | undefined
  readonly timeExtracted: string
}

export function lineEnds({ stream, first, version, timeExtracted }: LineFacts): PageEnds {
  const { prefix: start, suffix } = recordLineEnds({ stream, version, timeExtracted })
  const comma = Buffer.from(first.length > 0 ? ',' : '')
  return {
    usual: { prefix: Buffer.concat([start, first, comma]), suffix },
    empty: { prefix: Buffer.concat([start, first]), suffix },
  }
}
