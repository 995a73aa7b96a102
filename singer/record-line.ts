/** What stands around the members of each record of some RECORD lines. */
export interface RecordLineEnds {
  /** `{"type":"RECORD","stream":…,"record":{` */
  readonly prefix: Buffer
  /** `},"version":…,"time_extracted":…}`, ended by a line feed. */
  readonly suffix: Buffer
}

export interface RecordLineFacts {
  readonly stream: string
  readonly version?: number | undefined
  /** RFC 3339, UTC. */
  readonly timeExtracted: string
}

export function recordLineEnds({ stream, version, timeExtracted }: RecordLineFacts): RecordLineEnds {
  const numbered = version === undefined ? '' : `"version":${version},`
  return {
    prefix: Buffer.from(`{"type":"RECORD","stream":${JSON.stringify(stream)},"record":{`),
    suffix: Buffer.from(`},${numbered}"time_extracted":${JSON.stringify(timeExtracted)}}\n`),
  }
}
