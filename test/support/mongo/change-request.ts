import type { Document } from 'bson'
import type { ChangeRequest } from './change-cursor.js'
import {
  atTime,
  behindAll,
  isFragment,
  isInvalidate,
  type Position,
  positionOf,
  type TokenForm,
  timeOf,
} from './change-positions.js'
import type { ChangesOptions } from './changes.js'
import { documentsOf, elements, field } from './elements.js'
import { Refusal } from './refusal.js'
import type { Command, Scripted } from './types.js'

export function isChangeStream({ raw }: Command): boolean {
  return stageNames(raw)[0] === '$changeStream'
}

/** Refuses what this kind of server does not know, each in its words. */
export function changeRequest(server: Scripted, command: Command, options: ChangesOptions): ChangeRequest {
  const names = stageNames(command.raw)
  const stage: Document = command.body.pipeline[0].$changeStream
  refuse(command, names, options)
  const splits = names.at(-1) === '$changeStreamSplitLargeEvent'
  const stages = documentsOf(field(command.raw, 'pipeline')).slice(1, splits ? -1 : undefined)
  return {
    database: command.database,
    collection: typeof command.body.aggregate === 'string' ? command.body.aggregate : undefined,
    start: startOf(server, stage, { ...options, splits }),
    images: { full: stage.fullDocument, before: stage.fullDocumentBeforeChange, areKept: options.keepsImages ?? false },
    stages,
    splits,
    fragmentBytes: options.fragmentBytes ?? 16 * 1024 * 1024,
    tokens: tokenForm(options),
    isSilent: options.kind === 'documentdb' || options.kind === 'cosmos',
  }
}

function stageNames(raw: Buffer): string[] {
  return documentsOf(field(raw, 'pipeline')).map((stage) => elements(stage)[0]?.name ?? '')
}

export function tokenForm({ kind, hasTypeBits }: ChangesOptions): TokenForm {
  if (kind === 'cosmos') return 'cosmos'
  return hasTypeBits ? 'typeBits' : 'plain'
}

function refuse({ body }: Command, names: readonly string[], { kind, refuses = [] }: ChangesOptions): void {
  const stage: Document = body.pipeline[0].$changeStream
  const isKnown = (what: Refused) => !refuses.includes(what) && !(kind && lacks[kind].includes(what))
  if (typeof body.aggregate !== 'string' && !isKnown('database')) {
    throw new Refusal(73, 'InvalidNamespace', "Invalid namespace specified 'shop.$cmd.aggregate'")
  }
  for (const name of ['$changeStreamSplitLargeEvent', '$project'] as const) {
    if (!names.includes(name) || isKnown(name)) continue
    throw new Refusal(40324, 'Location40324', `Unrecognized pipeline stage name: '${name}'`)
  }
  if (stage.startAfter && !isKnown('startAfter')) {
    throw new Refusal(9, 'FailedToParse', "BSON field '$changeStream.startAfter' is an unknown field.")
  }
  if (stage.fullDocumentBeforeChange && !isKnown('fullDocumentBeforeChange')) {
    throw new Refusal(
      40415,
      'Location40415',
      "BSON field '$changeStream.fullDocumentBeforeChange' is an unknown field.",
    )
  }
  if (kind === 'cosmos' && names.join() !== '$changeStream,$match,$project') {
    throw new Refusal(2, 'BadValue', 'Change stream must be followed by a match and then a project stage')
  }
}

export type Refused =
  | 'database'
  | '$changeStreamSplitLargeEvent'
  | '$project'
  | 'startAfter'
  | 'fullDocumentBeforeChange'

const lacks: Readonly<Record<NonNullable<ChangesOptions['kind']>, readonly Refused[]>> = {
  documentdb: ['database', '$changeStreamSplitLargeEvent', 'startAfter', 'fullDocumentBeforeChange'],
  cosmos: ['database', '$changeStreamSplitLargeEvent', 'fullDocumentBeforeChange'],
  vcore: ['database', '$changeStreamSplitLargeEvent', 'fullDocumentBeforeChange'],
}

function startOf(server: Scripted, stage: Document, options: ChangesOptions & { splits: boolean }): Position {
  if (stage.startAtOperationTime) return atTime(stage.startAtOperationTime)
  const token = stage.startAfter ?? stage.resumeAfter
  if (!token) return behindAll(server.operationTime)
  const position = positionOf(token, tokenForm(options))
  if (stage.resumeAfter && isInvalidate(position)) {
    throw new Refusal(
      260,
      'InvalidResumeToken',
      'Attempting to resume a change stream using resumeAfter is not allowed',
    )
  }
  if (isFragment(position) && !options.splits) {
    throw new Refusal(
      280,
      'ChangeStreamFatalError',
      `cannot resume a split event of ${timeOf(position)} without the stage`,
    )
  }
  return position
}
