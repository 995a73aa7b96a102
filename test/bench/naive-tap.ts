// The tap that one writes first: rows as objects of mysql2, JSON.stringify, one write a row. Arguments: JSON of a
// connection, database, table.
import { once } from 'node:events'
import { createConnection } from 'mysql2'

const [connection = '{}', database = '', table = ''] = process.argv.slice(2)
const stream = `${database}-${table}`
const source = createConnection({ ...JSON.parse(connection), supportBigNumbers: true, dateStrings: true })
let isFirst = true
for await (const record of source.query(`SELECT * FROM ${database}.${table}`).stream()) {
  if (isFirst) {
    const properties = Object.fromEntries(Object.keys(record).map((name) => [name, {}]))
    process.stdout.write(`${JSON.stringify({ type: 'SCHEMA', stream, key_properties: [], schema: { properties } })}\n`)
    isFirst = false
  }
  if (!process.stdout.write(`${JSON.stringify({ type: 'RECORD', stream, record })}\n`))
    await once(process.stdout, 'drain')
}
source.end()
