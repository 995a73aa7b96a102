import { join } from 'node:path'
import { asObject, type JsonObject } from '../../singer/json.js'
import type { ApiCall, Endpoint } from '../support/api-call.js'
import { type Api, jsonAnswer } from '../support/api-server.js'
import { type BinOptions, runBin, withFolder, writeJson } from '../support/bins.js'
import { expectGood } from '../support/conformance/program.js'
import { catalogOf, statesOf, syncedOf, type WireCatalog } from '../support/conformance/wire.js'

/** A settings file as it stands in the documentation. */
export interface Documented {
  readonly settings: string
  readonly api: Api
  /** What is different here: top-level settings, above all where the API is. */
  readonly override: JsonObject
  readonly env?: NodeJS.ProcessEnv
  /** Where relative files of the settings are. */
  readonly cwd?: string
}

/** What a good run left behind. */
export interface Ran {
  /** By stream, in the order in which they came. */
  readonly records: Readonly<Record<string, readonly JsonObject[]>>
  readonly columns: Readonly<Record<string, readonly string[]>>
  readonly state: JsonObject
  /** Those of this run: `GET /issues?since=2024-01-01T00:00:00Z`. */
  readonly requests: readonly string[]
  readonly stderr: string
}

/** What `--discover` prints. */
export async function discover(documented: Documented): Promise<WireCatalog> {
  const { finished } = await run(documented, ['--discover'])
  return catalogOf(finished.stdout.toString())
}

/** With a catalog only what it tells is asked for; without one the streams are looked at first. */
export async function sync(
  documented: Documented,
  { catalog, state }: { readonly catalog?: WireCatalog; readonly state?: JsonObject } = {},
): Promise<Ran> {
  const { finished, requests } = await run(documented, [], { catalog, state })
  const synced = syncedOf(finished)
  const records: Record<string, JsonObject[]> = {}
  const columns: Record<string, string[]> = {}
  for (const message of synced.messages) {
    if (message.type === 'SCHEMA') columns[message.stream] = Object.keys(asObject(message.schema.properties))
    if (message.type === 'RECORD') {
      records[message.stream] ??= []
      records[message.stream]?.push(message.record)
    }
  }
  return { records, columns, state: statesOf(synced).at(-1) ?? {}, requests, stderr: finished.stderr }
}

async function run({ settings, api, override, ...options }: Documented, args: readonly string[], files: object = {}) {
  return withFolder(async (folder) => {
    const before = api.calls.length
    const all = ['--config', settings, '--config', await writeJson(join(folder, 'override.json'), override), ...args]
    for (const [name, content] of Object.entries(files)) {
      if (content !== undefined) all.push(`--${name}`, await writeJson(join(folder, `${name}.json`), content))
    }
    const finished = await runBin('tap-rest', all, options satisfies BinOptions)
    expectGood(finished)
    return { finished, requests: api.calls.slice(before).map(requestText) }
  })
}

function requestText({ method, url }: ApiCall): string {
  return `${method} ${url.pathname}${decodeURIComponent(url.search)}`
}

/** Answers those alone who have these headers; others get 401. */
export function guarded(
  wanted: Readonly<Record<string, string | RegExp>>,
  endpoints: Readonly<Record<string, Endpoint>>,
): Record<string, Endpoint> {
  const admits = ({ headers }: ApiCall) =>
    Object.entries(wanted).every(([name, value]) => {
      const text = String(headers[name] ?? '')
      return typeof value === 'string' ? text === value : value.test(text)
    })
  const entries = Object.entries(endpoints).map(([path, answer]): [string, Endpoint] => {
    return [path, (call, data) => (admits(call) ? answer(call, data) : { ...jsonAnswer('{}'), status: 401 })]
  })
  return Object.fromEntries(entries)
}
