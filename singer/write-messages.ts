import type { Log } from './log.js'
import { type Message, messageLine, type RecordLines } from './messages.js'
import type { ProgramMetrics } from './metrics.js'
import type { Output } from './output.js'

const lineFeed = 0x0a
/** Some runners take no longer lines: Meltano's limit is half of its `elt.buffer_size`, with a default of 50 MiB. */
const longLine = 25 * 2 ** 20

/** Everything that a tap says, in the order in which it is said, counted by stream. */
export async function writeMessages(
  messages: AsyncIterable<Message | RecordLines>,
  output: Output,
  { metrics, log }: { readonly metrics: ProgramMetrics; readonly log: Log },
): Promise<void> {
  try {
    for await (const message of messages) {
      const bytes = message.type === 'RECORD_LINES' ? message.lines : Buffer.from(messageLine(message))
      if (message.type !== 'STATE') {
        if (bytes.length > longLine) warnOfLongLines(message.stream, bytes, metrics.records(message.stream), log)
        metrics.count(message.stream, recordsIn(message), recordsIn(message) > 0 ? bytes.length : 0)
      }
      await output.write(bytes)
    }
  } finally {
    await output.end()
  }
}

function recordsIn(message: Message | RecordLines): number {
  if (message.type === 'RECORD_LINES') return message.count
  return message.type === 'RECORD' ? 1 : 0
}

/** `before`: how many records of the stream were sent before these. */
function warnOfLongLines(stream: string, lines: Buffer, before: number, log: Log): void {
  let record = before
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(lineFeed, start) + 1 || lines.length
    record++
    if (end - start > longLine) {
      log.warning('a very long line follows, which some runners refuse (Meltano: see elt.buffer_size)', {
        stream,
        record,
        bytes: end - start,
      })
    }
    start = end
  }
}
