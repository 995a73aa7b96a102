import { join } from 'node:path'
import { bin, withFolder, writeJson } from '../support/bins.js'
import { mongoServer } from '../support/mongo/java.js'
import type { Contest } from './contest.js'
import { measure, program, started } from './measured.js'
import { mongoDocument } from './mongo-document.js'

const few = Number(process.env.BENCH_DOCUMENTS ?? 100_000)
const many = Number(process.env.BENCH_MANY_DOCUMENTS ?? 2_000_000)

/**
 * A collection as RECORD lines, against the driver alone, which takes the same pages as bytes and drops them: the ratio is
 * the share of the time that server and driver need for themselves. Start included.
 */
export async function mongoFull(): Promise<Contest> {
  const { uri, client, newDatabase } = await mongoServer()
  const database = newDatabase()
  const collection = client.db(database).collection<ReturnType<typeof mongoDocument>>('documents')
  for (let from = 0; from < few; from += 10_000) {
    await collection.insertMany(Array.from({ length: Math.min(10_000, few - from) }, (_, i) => mongoDocument(from + i)))
  }
  return contest({ uri, database, documents: few, reference: ['pages'] })
}

/** Two million documents from a server that makes them up, against the loop that one writes first. */
export async function mongoMany(): Promise<Contest> {
  const { port, close } = await started('mongo-maker', many)
  const uri = `mongodb://127.0.0.1:${port}`
  return { ...contest({ uri, database: 'made', documents: many, reference: [] }), close }
}

interface Given {
  readonly uri: string
  readonly database: string
  readonly documents: number
  /** Arguments of naive-mongo. */
  readonly reference: readonly string[]
}

function contest({ uri, database, documents, reference }: Given): Contest {
  const settings = { uri, databases: [database], select: [`${database}-documents`] }
  return {
    unit: 'documents/s',
    ours: () =>
      withFolder(async (folder) => {
        const config = await writeJson(join(folder, 'mongo.json'), settings)
        return measure([...bin('tap-mongo'), '--config', config], documents)
      }),
    reference: () => measure([...program('naive-mongo'), uri, database, 'documents', ...reference], documents),
  }
}
