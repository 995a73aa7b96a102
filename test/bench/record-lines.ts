import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

export const userSchema = {
  type: 'SCHEMA',
  stream: 'users',
  schema: {
    type: 'object',
    properties: {
      id: { type: ['null', 'integer'], minimum: 0, maximum: 4294967295 },
      name: { type: ['null', 'string'] },
      email: { type: ['null', 'string'] },
      note: { type: ['null', 'string'] },
      amount: { type: ['null', 'number'], multipleOf: 0.01 },
      active: { type: ['null', 'boolean'] },
      created_at: { type: ['null', 'string'], format: 'date-time' },
      parent_id: { type: ['null', 'integer'], minimum: 0, maximum: 4294967295 },
    },
  },
  key_properties: ['id'],
}

/** A SCHEMA and so many RECORDs, about 295 bytes each; in the notes 5 % quotes and commas, 2 % lines, 3 % not ASCII. */
export async function writeRecordLines(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path)
  let text = `${JSON.stringify(userSchema)}\n`
  for (let id = 0; id < rows; id++) {
    text += `${JSON.stringify({ type: 'RECORD', stream: 'users', record: user(id), time_extracted: extracted })}\n`
    if (text.length < 1 << 20 && id < rows - 1) continue
    if (!file.write(text)) await once(file, 'drain')
    text = ''
  }
  file.end()
  await once(file, 'finish')
}

const extracted = '2026-11-21T06:00:00.000000Z'

function user(id: number) {
  return {
    id,
    name: `User ${random(1_000_000)}`,
    email: `user${id}@example.com`,
    note: note(),
    amount: random(10_000_000) / 100,
    active: random(2) === 0,
    created_at: new Date(1.6e12 + random(1e11)).toISOString(),
    parent_id: random(2) === 0 ? null : random(1_000_000),
  }
}

const words = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut'.split(' ')

function note(): string {
  const text = Array.from({ length: 3 + random(6) }, () => words[random(words.length)]).join(' ')
  const kind = random(100)
  if (kind < 5) return `${text}, "quoted" text`
  if (kind < 7) return `${text}\nsecond line`
  return kind < 10 ? `${text} café 日本` : text
}

let seed = 12345

/** The same numbers in each run: a linear congruential generator. */
function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return Math.floor((seed / 4294967296) * below)
}
