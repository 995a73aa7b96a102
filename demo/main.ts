import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { stopServers } from '../test/support/hooks.js'
import type { SqlServer } from '../test/support/sql-server.js'
import { startDatabase } from './database.js'
import { bookmarks, changes, columns, fullExtract, orders } from './orders.js'
import { localPlace, type Place, s3Place } from './place.js'
import { openShell, type Shell } from './shell.js'
import { printCommand, printDifference, printMatch, printNote, printStep, printTable, printText } from './terminal.js'

const folder = 'demo-output'
const files = {
  tap: `${folder}/mysql.json`,
  target: `${folder}/csv.json`,
  catalog: `${folder}/catalog.json`,
  state: `${folder}/state.json`,
}
const extract = `tap-mysql --config ${files.tap} STATE \\\n| target-s3-csv --config ${files.target} --state-out ${files.state}`

let differences = 0
const seen = new Set<string>()

try {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  const shell = await openShell()
  try {
    await play(shell)
  } finally {
    await shell.close()
  }
} catch (cause) {
  differences++
  process.stderr.write(`\n${cause instanceof Error ? cause.message : cause}\n`)
} finally {
  await stopServers()
}
process.exitCode = differences === 0 ? 0 : 1

async function play(shell: Shell): Promise<void> {
  const server = await showDatabase()
  const place = process.argv.includes('--s3') ? await s3Place() : localPlace(`${folder}/csv`)
  await showSettings(server, place)
  await showDiscovery(shell)

  printStep('A full extract: there is no state yet')
  await shell.run(extract.replace(' STATE', ''))
  await showResult(place, fullExtract, bookmarks.fullExtract)

  printStep('A new row and an update')
  await execute(server, orders.change)
  printStep('The same command with the state: only what is new')
  await shell.run(extract.replace('STATE', `--state ${files.state}`))
  await showResult(place, changes, bookmarks.changes)

  printStep(differences === 0 ? 'Done' : 'Not as expected')
  const kept = place.settings.output_path ? 'Settings, catalog, state and CSV' : 'Settings, catalog and state'
  printNote(`${kept} are in ${folder}/; the servers are gone.`)
}

async function showDatabase(): Promise<SqlServer> {
  printStep('A throwaway database')
  const { server, origin } = await startDatabase()
  printText(`${server.title} on port ${server.port} of 127.0.0.1 (${origin})`)
  await server.query("CREATE DATABASE shop; USE shop; SET time_zone = '+00:00'")
  await execute(server, orders.create)
  await execute(server, orders.fill)
  return server
}

async function execute(server: SqlServer, sql: string): Promise<void> {
  printCommand(sql)
  await server.query(sql)
  if (sql !== orders.create) printTable(await server.query('SELECT * FROM Orders'))
}

async function showSettings(server: SqlServer, place: Place): Promise<void> {
  printStep(`Settings: from shop.Orders to CSV in ${place.title}`)
  const { host, port, user, password } = server
  await writeSettings(files.tap, {
    ...{ host, port, user, password },
    select: ['shop-Orders'],
    metadata: { 'shop-Orders': { 'replication-method': 'INCREMENTAL', 'replication-key': 'LastUpdated' } },
  })
  await writeSettings(files.target, place.settings)
}

async function writeSettings(path: string, settings: object): Promise<void> {
  const text = JSON.stringify(settings, null, 2)
  await writeFile(path, `${text}\n`)
  printCommand(`cat ${path}`)
  printText(text)
}

async function showDiscovery(shell: Shell): Promise<void> {
  printStep('Discovery')
  await shell.run(`tap-mysql --config ${files.tap} --discover > ${files.catalog}`)
  const catalog = JSON.parse(await readFile(files.catalog, 'utf8'))
  const stream = catalog.streams.find((entry: { tap_stream_id: string }) => entry.tap_stream_id === 'shop-Orders')
  const properties = Object.entries(stream?.schema.properties ?? {})
  printTable(properties.map(([column, schema]) => ({ column, schema: JSON.stringify(schema) })))
  check('the columns of shop-Orders in the catalog', columns.join(), properties.map(([column]) => column).join())
}

async function showResult(place: Place, csv: string, bookmark: string): Promise<void> {
  const names = (await place.names()).filter((name) => !seen.has(name))
  let found = ''
  for (const name of names) {
    seen.add(name)
    printCommand(`cat ${name}`)
    const text = await place.read(name)
    printText(text)
    found += text
  }
  check('the CSV', csv, found)
  const state = await readFile(files.state, 'utf8')
  printCommand(`cat ${files.state}`)
  printText(state)
  check('the bookmark', bookmark, String(JSON.parse(state).bookmarks?.['shop-Orders']?.replication_key_value))
}

function check(what: string, expected: string, found: string): void {
  if (expected === found) {
    printMatch(`${what}: as expected`)
  } else {
    differences++
    printDifference(what, expected, found)
  }
}
