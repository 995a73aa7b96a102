import type { Message, RecordLines, State } from '../singer/index.js'
import type { RecordWriter } from './record-writer.js'
import type { Source } from './source.js'

/** All documents of the collection. */
export async function* syncFullTable(
  _source: Source,
  _writer: RecordWriter,
  _state: State,
): AsyncGenerator<Message | RecordLines> {
  throw new Error('contract')
}
