// An API of its own process: `/items?page=N`, from 1 on, 500 records of about 300 bytes a page, `{"data": []}` behind the
// last one. Prints its port. Arguments: pages.
import { createServer } from 'node:http'

const pages = Number(process.argv[2])
const perPage = 500
const firstId = 1_000_000_000
const words = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut'.split(' ')

/** Sixteen bodies in turn, each with the ids of its page: no two pages are equal. */
const bodies = Array.from({ length: 16 }, (_, seed) => {
  const bytes = Buffer.from(
    JSON.stringify({ data: Array.from({ length: perPage }, (_, i) => item(seed * perPage + i)) }),
  )
  return { bytes, ids: positionsOf(bytes, `"id":${firstId}`) }
})

const server = createServer(({ url = '' }, response) => {
  const page = Number(new URL(url, 'http://localhost').searchParams.get('page') ?? 1)
  response.setHeader('content-type', 'application/json')
  response.end(page > pages ? '{"data":[]}' : bodyOf(page))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})

function bodyOf(page: number): Buffer {
  const { bytes, ids } = bodies[page % bodies.length] ?? { bytes: Buffer.alloc(0), ids: [] }
  const body = Buffer.from(bytes)
  for (const [i, at] of ids.entries()) body.write(String(firstId + page * perPage + i), at + '"id":'.length, 'latin1')
  return body
}

function item(n: number) {
  return {
    id: firstId,
    name: `User ${n}`,
    email: `user${n}@example.com`,
    note: Array.from({ length: 3 + (n % 6) }, (_, i) => words[(n * 7 + i * 3) % words.length]).join(' '),
    amount: (n * 37) / 100,
    active: n % 2 === 0,
    created_at: new Date(1.6e12 + n * 1_234_567).toISOString(),
    tags: ['a', n % 3 === 0 ? 'é' : 'b'],
    owner: { key: n % 100, login: 'abc', site_admin: false },
    parent: n % 2 === 0 ? null : n,
    closed_at: n % 3 === 0 ? null : '2024-01-01T00:00:00Z',
  }
}

function positionsOf(bytes: Buffer, text: string): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at)
  return found
}
