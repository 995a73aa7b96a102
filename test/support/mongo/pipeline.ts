import { elements, toBson } from './elements.js'
import { matcher } from './match.js'
import { numericValue, projector } from './projection.js'
import { Refusal } from './refusal.js'
import { sorted } from './sort.js'

/** The documents behind the stages of an aggregation. */
export function runPipeline(documents: readonly Buffer[], stages: readonly Buffer[]): readonly Buffer[] {
  return stages.reduce(runStage, documents)
}

function runStage(documents: readonly Buffer[], stage: Buffer): readonly Buffer[] {
  const [operator] = elements(stage)
  if (!operator) throw new Refusal(40323, 'Location40323', 'A pipeline stage specification object must have one field')
  const { name, bytes } = operator
  switch (name) {
    case '$match':
      return documents.filter(matcher(bytes))
    case '$sort':
      return sorted(documents, bytes)
    case '$project':
      return documents.map(projector(bytes))
    case '$limit':
      return documents.slice(0, numericValue(operator))
    case '$skip':
      return documents.slice(numericValue(operator))
    case '$sample':
      return sample(documents, elements(bytes).map(numericValue)[0] ?? 0)
    case '$count':
      return documents.length === 0 ? [] : [toBson({ [text(bytes)]: documents.length })]
    case '$group':
      return counted(documents)
    default:
      throw new Refusal(40324, 'Location40324', `Unrecognized pipeline stage name: '${name}'`)
  }
}

// Spread evenly: as good as chance for tests, and the same each time.
function sample(documents: readonly Buffer[], size: number): readonly Buffer[] {
  const step = Math.max(1, documents.length / size)
  const count = Math.min(size, documents.length)
  return Array.from({ length: count }, (_, index) => documents[Math.floor(index * step)]).filter(
    (one) => one !== undefined,
  )
}

// The driver's countDocuments: { _id: 1, n: { $sum: 1 } }.
function counted(documents: readonly Buffer[]): readonly Buffer[] {
  return documents.length === 0 ? [] : [toBson({ _id: 1, n: documents.length })]
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8', 4, bytes.length - 1)
}
