import type { Message, RecordLines, State } from '../singer/index.js'
import type { RecordWriter } from './record-writer.js'
import type { Source } from './source.js'

/** Documents whose replication key is at or behind the bookmark's value, without those sent before and unchanged. */
export async function* syncIncremental(
  _source: Source,
  _writer: RecordWriter,
  _state: State,
): AsyncGenerator<Message | RecordLines> {
  throw new Error('contract')
}
