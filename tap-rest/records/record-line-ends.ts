/** What stands around the columns of a record in its line. */
export interface LineEnds {
  readonly prefix: Buffer
  readonly suffix: Buffer
}

export interface PageEnds {
  readonly usual: LineEnds
  /** Of records without a column of their own. */
  readonly empty: LineEnds
}

export interface LineFacts {
  readonly stream: string
  /** Columns that each record of a page begins with, as members of a JSON object: `"lat":1,"lon":2`. */
  readonly first: Buffer
  readonly version: number | undefined
  readonly timeExtracted: string
}

/** `{"type":"RECORD","stream":…,"record":{` … `},"time_extracted":…}`, ended by a line feed. */
export function lineEnds({ stream, first, version, timeExtracted }: LineFacts): PageEnds {
  const start = Buffer.from(`{"type":"RECORD","stream":${JSON.stringify(stream)},"record":{`)
  const versionText = version === undefined ? '' : `,"version":${version}`
  const suffix = Buffer.from(`}${versionText},"time_extracted":${JSON.stringify(timeExtracted)}}\n`)
  const comma = Buffer.from(first.length > 0 ? ',' : '')
  return {
    usual: { prefix: Buffer.concat([start, first, comma]), suffix },
    empty: { prefix: Buffer.concat([start, first]), suffix },
  }
}
