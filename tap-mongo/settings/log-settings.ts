import type { JsonObject } from '../../singer/index.js'

/** LOG_BASED streams. */
export const logProperties: JsonObject = {
  full_document: {
    type: 'string',
    enum: ['lookup', 'when_available', 'required'],
    description:
      'LOG_BASED: the document of an update as it is when it is looked up, or the image that the server kept, if any or always.',
    default: 'lookup',
  },
  pre_images: {
    type: 'string',
    enum: ['off', 'when_available'],
    description: 'LOG_BASED: records of deletes hold the document as it was, where the server kept its image.',
    default: 'off',
  },
  on_history_lost: {
    type: 'string',
    enum: ['error', 'copy_again'],
    description: 'LOG_BASED: when the log no longer reaches back to the bookmark, fail, or copy the collections again.',
    default: 'error',
  },
  max_run_seconds: {
    type: 'number',
    exclusiveMinimum: 0,
    description:
      'LOG_BASED: end following the log, and first copies, after this time; the next run goes on. Default: at what was the end of the log at the start.',
    examples: [3600],
  },
  idle_seconds: {
    type: 'number',
    exclusiveMinimum: 0,
    description: 'LOG_BASED: stop following the log, too, when nothing has changed for this long.',
    examples: [10],
  },
  await_time_ms: {
    type: 'integer',
    minimum: 1,
    description: 'LOG_BASED: how long the server waits for changes before it answers that there are none.',
    default: 1000,
  },
  copy_slice_seconds: {
    type: 'number',
    exclusiveMinimum: 0,
    description:
      'LOG_BASED: a first copy is interrupted this often to follow the log, so that the log is not lost meanwhile.',
    default: 300,
  },
  start_at_operation_time: {
    type: 'string',
    description:
      'LOG_BASED: begin in the log at this time, not at the bookmark: a date-time, or seconds and increment as `1767225600.1`. The same value counts once.',
    examples: ['2026-01-01T00:00:00Z'],
  },
  enable_documentdb_change_streams: {
    type: 'boolean',
    description: 'Amazon DocumentDB: switch the change streams of a collection on where they are off.',
    default: false,
  },
}
