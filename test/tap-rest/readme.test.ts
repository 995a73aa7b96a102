import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { asObject, type JsonObject } from '../../singer/json.js'
import { settings } from '../../tap-rest/config.js'
import { cursorEndpoints } from '../support/api-cursors.js'
import { pagingEndpoints } from '../support/api-pages.js'
import { type Api, type ApiOptions, startApi } from '../support/api-server.js'
import { bin, withFolder } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import { type Documented, sync } from './documented.js'
import { startGitHub, token } from './examples/github-api.js'

interface Block {
  /** Of the nearest heading: ``cursor` in the body`` without its backticks. */
  readonly title: string
  readonly language: string
  readonly text: string
}

/** What `/orders` is an endpoint of the fake API for, by title. */
const endpoints: Readonly<Record<string, string>> = {
  auto: '/next',
  link: '/link',
  next: '/next',
  'cursor in the body': '/cursor',
  'cursor in a header': '/offset-header',
  'cursor from the last record': '/last-id',
  'cursor in the body of a POST': '/graphql',
  page: '/page',
  offset: '/offset',
  none: '/all',
}

const readme = readFileSync(join(projectFolder, 'tap-rest/README.md'), 'utf8')

describe('the README of tap-rest', () => {
  const pages = blocksOf(sectionOf('Pages'))

  it('has an example for each way of paging', () => {
    expect(pages.map(({ title }) => title)).to.deep.equal(Object.keys(endpoints))
  })

  for (const { title, text } of pages) {
    it(`reads each record once by the example of ${title}`, async () => {
      const path = endpoints[title] ?? ''
      const orders = { ...pagingEndpoints, ...cursorEndpoints }[path]
      const { records } = await syncText(text, { endpoints: orders ? { '/orders': orders } : {} })
      expect(idsOf(records.orders)).to.deep.equal(firstTen)
    })
  }

  it('names every key of paginate, incremental and auth', () => {
    const { auth, paginate, incremental } = asObject(settings.properties)
    const names = [auth, paginate, incremental].flatMap((schema) => keysIn(asObject(schema)))
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).to.deep.equal([])
  })

  it('writes braces of GraphQL so that they arrive', async () => {
    const { text } = pages.find((page) => page.text.includes('# GraphQL')) ?? { text: '' }
    const { bodies } = await syncText(text.replace('/orders', '/graphql'))
    const sent = 'query ($after: String) { items(after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }'
    expect(new Set(bodies.map((body) => JSON.parse(body).query))).to.deep.equal(new Set([sent]))
  })

  it('begins with settings and commands that read an API into files, and then only what is new', async () => {
    const [settings, commands] = blocksOf(sectionOf('Start'))
    const api = await startGitHub(5)
    const change = {
      id: 1001,
      number: 1,
      title: 'changed',
      user: { login: 'octocat' },
      updated_at: '2024-05-01T00:00:00Z',
    }
    try {
      await withFolder(async (folder) => {
        const shell = await shellIn(folder)
        await writeFile(join(folder, 'github.yml'), settings?.text.replace('https://api.github.com', api.url) ?? '')
        await writeFile(join(folder, 's3.json'), JSON.stringify({ output_path: join(folder, 'out') }))
        const first = await shell(commands?.text ?? '')
        expect(first.records).to.deep.equal(['labels', 'issues', 'comments'])
        expect(first.csv.map((line) => line.slice(0, 6))).to.deep.equal([
          'id,num',
          '1001,1',
          '1002,2',
          '1003,3',
          '1004,4',
          '1005,5',
        ])
        api.issues.splice(0, 1, change)
        expect((await shell(commands?.text ?? '')).csv.slice(1)).to.deep.equal([
          '1001,1,changed,octocat,2024-05-01T00:00:00Z',
        ])
      })
    } finally {
      await api.close()
    }
  })

  it('shows an increment that reads only what is new', async () => {
    const [{ text } = { text: '' }] = blocksOf(sectionOf('Increments'))
    const wrapped = `base_url: x\nstreams: {orders: {path: /all, primary_key: id, ${text.trim()}}}\n`
    const api = await startApi()
    try {
      await withSettings(wrapped, api, async (documented) => {
        const first = await sync(documented)
        expect(idsOf(first.records.orders)).to.deep.equal(firstTen)
        const second = await sync(documented, { state: first.state })
        expect(second.records).to.deep.equal({})
        expect(second.requests.at(-1)).to.equal('GET /all?since=2024-01-01T00:09:00Z')
      })
    } finally {
      await api.close()
    }
  })

  it('keeps the refresh tokens of its example for the next run', async () => {
    const [{ text } = { text: '' }] = blocksOf(sectionOf('Tokens'))
    const api = await startApi({ tokens: { rotates: true } })
    const auth = text.replace('https://auth.example.com', api.url)
    expect(auth).to.not.equal(text)
    const wrapped = `base_url: x\n${auth}\nstreams: {orders: {path: /all, primary_key: id}}\n`
    try {
      await withSettings(wrapped, api, async (documented) => {
        const env = { CLIENT_SECRET: 'client-secret', REFRESH_TOKEN: 'refresh-0' }
        for (const run of [1, 2]) {
          const { records } = await sync({ ...documented, env })
          expect(idsOf(records.orders), `run ${run}`).to.deep.equal(firstTen)
        }
        expect(await readFile(join(documented.cwd ?? '', 'tokens.json'), 'utf8')).to.include(api.tokens.refresh)
        expect(api.tokens.refresh).to.not.equal('refresh-0')
      })
    } finally {
      await api.close()
    }
  })
})

const firstTen = Array.from({ length: 10 }, (_, i) => i + 1)
const idsOf = (records: readonly { readonly id?: unknown }[] = []) => records.map(({ id }) => id)

/** Of all levels. */
function keysIn(schema: JsonObject): string[] {
  return Object.entries(asObject(schema.properties)).flatMap(([key, inner]) => [key, ...keysIn(asObject(inner))])
}

/** From its heading to the next one of its level. */
function sectionOf(title: string): string {
  const [, section] = readme.split(`\n## ${title}\n`)
  return section?.split('\n## ')[0] ?? ''
}

function blocksOf(section: string): Block[] {
  const blocks = [...section.matchAll(/(?:^### (.+)$)|^```(\w+)\n([\s\S]*?)^```$/gm)]
  let heading = ''
  return blocks.flatMap(([, title, language, text]) => {
    heading = title?.replaceAll('`', '') ?? heading
    return language === undefined || text === undefined ? [] : [{ title: heading, language, text }]
  })
}

async function syncText(text: string, options?: ApiOptions) {
  const api = await startApi(options)
  try {
    const ran = await withSettings(text, api, (documented) => sync(documented))
    return { ...ran, bodies: api.calls.map(({ body }) => body) }
  } finally {
    await api.close()
  }
}

function withSettings<T>(text: string, api: Api, use: (documented: Documented) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const settings = join(folder, 'settings.yml')
    await writeFile(settings, text)
    return use({ settings, api, override: { base_url: api.url }, cwd: folder })
  })
}

/** Runs commands in this folder as a shell where the programs are installed. */
async function shellIn(folder: string) {
  for (const name of ['tap-rest', 'target-s3-csv']) {
    const [node = '', program = ''] = bin(name)
    await writeFile(join(folder, name), `#!/bin/sh\nexec '${node}' '${program}' "$@"\n`, { mode: 0o755 })
  }

  const PATH = [folder, process.env.PATH].join(delimiter)
  return async (commands: string) => {
    const env = { ...process.env, PATH, GITHUB_TOKEN: token }
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder, env })
    const lines = stdout.split('\n').filter((line) => line.startsWith('{"type":"RECORD"'))
    const files = (await readdir(join(folder, 'out'))).toSorted((a, b) => a.localeCompare(b))
    const csv = await readFile(join(folder, 'out', files.at(-1) ?? ''), 'utf8')
    return { records: lines.map((line) => JSON.parse(line).stream), csv: csv.trimEnd().split(/\r?\n/) }
  }
}
