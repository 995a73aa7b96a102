/** What stands around the columns of a record in its line. */
export interface LineEnds {
  readonly prefix: Buffer
  /** Where the record has no column of its own. */
  readonly prefixAlone: Buffer
  readonly suffix: Buffer
}

export interface LineFacts {
  readonly stream: string
  /** Columns that each record of a page begins with, as members of a JSON object: `"lat":1,"lon":2`. */
  readonly first: Buffer
  readonly version: number | undefined
  readonly timeExtracted: string
}

/** `{"type":"RECORD","stream":…,"record":{` … `},"time_extracted":…}`, ended by a line feed. */
export function lineEnds({ stream, first, version, timeExtracted }: LineFacts): LineEnds {
  const start = Buffer.from(`{"type":"RECORD","stream":${JSON.stringify(stream)},"record":{`)
  const versionText = version === undefined ? '' : `,"version":${version}`
  return {
    prefix: Buffer.concat([start, first, Buffer.from(first.length > 0 ? ',' : '')]),
    prefixAlone: Buffer.concat([start, first]),
    suffix: Buffer.from(`}${versionText},"time_extracted":${JSON.stringify(timeExtracted)}}\n`),
  }
}
