import { expect } from 'chai'
import { jsonText } from '../../singer/index.js'
import { discoverCatalog } from '../../tap-mysql/discover.js'
import { discoverTables } from '../../tap-mysql/tables.js'
import { sqlServers } from '../support/servers.js'
import type { SqlServer } from '../support/sql-server.js'
import { configOf, withSession } from './reading.js'

/** Columns and keys of CREATE TABLE → the key, and whether it is one of prefixes. */
// biome-ignore format: one fact a line
const keys: readonly (readonly [definition: string, keyColumns: readonly string[], hasPrefixKey?: boolean])[] = [
  ['a INT, b INT', []],
  ['a INT PRIMARY KEY, b INT', ['a']],
  ['a INT, b INT, c INT, PRIMARY KEY (c, a)', ['c', 'a']],
  ['a INT, b INT NOT NULL, UNIQUE (a), UNIQUE (b)', ['b']],
  ['a INT, b INT NOT NULL, UNIQUE (a, b)', []],
  ['a INT NOT NULL, b INT NOT NULL, c INT NOT NULL, UNIQUE (a, b), UNIQUE (c)', ['c']],
  ['a INT NOT NULL, b INT PRIMARY KEY, UNIQUE (a)', ['b']],
  ['a INT NOT NULL, b INT, KEY (a)', []],
  ['a VARCHAR(50), b INT, PRIMARY KEY (a(10), b)', ['a', 'b'], true],
  ['a VARCHAR(50) NOT NULL, b INT NOT NULL, c INT NOT NULL, UNIQUE (a(10)), UNIQUE (b, c)', ['b', 'c']],
  ['a INT, b INT AS (a + 1) STORED, UNIQUE (b)', []],
]

const oddNames = ['a`b', "it's", 'é', 'x.y', '日本', '"quoted"', 'sp ace', '%_\\', '__proto__', 'SELECT']

for (const { name, server } of sqlServers) {
  describe(`discovery on ${name}`, () => {
    let sql: SqlServer
    let database: string

    beforeEach(async () => {
      sql = await server()
      database = await sql.newDatabase()
    })

    const tables = () => withSession(configOf(sql), (session) => discoverTables(session, { databases: [database] }))
    const catalog = (filterDbs = database, patterns?: readonly string[]) => {
      const config = configOf(sql, { filter_dbs: filterDbs })
      return withSession(config, (session) => discoverCatalog(session, config, patterns))
    }
    const streams = async (filterDbs?: string, patterns?: readonly string[]) =>
      (await catalog(filterDbs, patterns)).streams.map((stream) => stream.tap_stream_id.replace(database, 'db'))

    it('finds the key in the order of its index', async () => {
      for (const [index, [definition]] of keys.entries()) {
        await sql.query(`CREATE TABLE ${database}.t${100 + index} (${definition})`)
      }
      const found = await tables()
      expect(found.map((table) => [table.keyColumns, table.hasPrefixKey])).to.deep.equal(
        keys.map(([, keyColumns, hasPrefixKey = false]) => [keyColumns, hasPrefixKey]),
      )
    })

    it('prints a catalog with metadata for the root and each column, in the order of the table', async () => {
      await sql.query(
        `CREATE TABLE ${database}.orders (z BIGINT UNSIGNED, b VARCHAR(30), g INT AS (z + 1), h INT INVISIBLE, PRIMARY KEY (z))`,
      )
      const [stream] = (await catalog()).streams
      const { metadata, schema, ...rest } = stream ?? {}
      const id = `${database}-orders`
      expect(rest).to.deep.equal({ tap_stream_id: id, stream: id, table_name: 'orders', key_properties: ['z'] })
      expect(jsonText(schema ?? {})).to.equal(
        '{"type":"object","properties":{"z":{"type":["null","integer"],"minimum":0,"maximum":18446744073709551615},' +
          '"b":{"type":["null","string"],"maxLength":30},' +
          '"g":{"type":["null","integer"],"minimum":-2147483648,"maximum":2147483647},' +
          '"h":{"type":["null","integer"],"minimum":-2147483648,"maximum":2147483647}}}',
      )
      const int = name === 'MySQL' ? 'int' : 'int(11)'
      const available = { inclusion: 'available', 'selected-by-default': true }
      expect(metadata).to.deep.equal([
        {
          breadcrumb: [],
          metadata: {
            'database-name': database,
            'is-view': false,
            'table-key-properties': ['z'],
            'selected-by-default': false,
            'valid-replication-keys': ['z', 'b', 'g', 'h'],
          },
        },
        {
          breadcrumb: ['properties', 'z'],
          metadata: {
            ...available,
            inclusion: 'automatic',
            'sql-datatype': name === 'MySQL' ? 'bigint unsigned' : 'bigint(20) unsigned',
          },
        },
        { breadcrumb: ['properties', 'b'], metadata: { ...available, 'sql-datatype': 'varchar(30)' } },
        { breadcrumb: ['properties', 'g'], metadata: { ...available, 'sql-datatype': int } },
        { breadcrumb: ['properties', 'h'], metadata: { ...available, 'sql-datatype': int } },
      ])
    })

    it('knows views, which have no key', async () => {
      await sql.query(`CREATE TABLE ${database}.t (a INT PRIMARY KEY)`)
      await sql.query(`CREATE VIEW ${database}.v AS SELECT a, a * 1.5 AS b FROM ${database}.t`)
      const [, view] = (await catalog()).streams
      expect(view?.key_properties).to.deep.equal([])
      expect(view?.metadata[0]?.metadata).to.include({ 'is-view': true }).and.to.have.property('view-key-properties')
      expect(Object.keys(view?.schema.properties ?? {})).to.deep.equal(['a', 'b'])
    })

    it('keeps odd names of tables and columns', async () => {
      const quoted = oddNames.map((text) => `\`${text.replaceAll('`', '``')}\``)
      for (const table of quoted) {
        await sql.query(`CREATE TABLE ${database}.${table} (${quoted.map((column) => `${column} INT`).join(', ')})`)
      }
      const found = await tables()
      expect(found.map((table) => table.name)).to.have.members(oddNames)
      for (const table of found) expect(table.columns.map((column) => column.name)).to.deep.equal(oddNames)
      const ids = (await catalog()).streams.map((stream) => stream.tap_stream_id)
      expect(ids).to.have.members(oddNames.map((text) => `${database}-${text}`.replaceAll('.', '_')))
      expect(ids.join()).not.to.include('.')
    })

    it('refuses two tables of one stream id and names both', async () => {
      await sql.query(`CREATE TABLE ${database}.\`a.b\` (i INT); CREATE TABLE ${database}.a_b (i INT)`)
      const failure = await catalog().catch(String)
      expect(failure).to.match(/^ConfigError: two tables would be the stream/)
      expect(failure).to.include('"a.b"').and.to.include('"a_b"')
    })

    it('lists the databases of filter_dbs only, else that of the setting database', async () => {
      const other = await sql.newDatabase()
      await sql.query(`CREATE TABLE ${database}.t (i INT); CREATE TABLE ${other}.u (i INT)`)
      expect(await streams(`${database}, ${other}`)).to.have.members(['db-t', `${other}-u`])
      expect(await streams(database)).to.deep.equal(['db-t'])
      const config = configOf(sql, { database: other })
      const found = await withSession(config, (session) => discoverCatalog(session, config))
      expect(found.streams.map((stream) => stream.tap_stream_id)).to.deep.equal([`${other}-u`])
    })

    it('refuses a list of databases of which none exists, and takes an empty one', async () => {
      expect(await catalog('no_such_db, nor_this').catch(String)).to.match(
        /^ConfigError: discover no_such_db, nor_this: no such database, or the user may not see it; check filter_dbs/,
      )
      expect(await streams(`no_such_db, ${database}`)).to.deep.equal([])
    })

    it('leaves the system databases out', async () => {
      const found = await withSession(configOf(sql), (session) => discoverTables(session, {}))
      const system = ['mysql', 'information_schema', 'performance_schema', 'sys']
      expect(found.map((table) => table.database)).not.to.include.oneOf(system)
    })

    it('narrows the search to what select patterns can match', async () => {
      await sql.query(`CREATE TABLE ${database}.ab (i INT); CREATE TABLE ${database}.a_b (i INT)`)
      await sql.query(`CREATE TABLE ${database}.acb (i INT); CREATE TABLE ${database}.\`a.b\` (i INT)`)
      await sql.query(`DROP TABLE ${database}.a_b`)
      const found = (...patterns: string[]) => streams(database, patterns)
      expect(await found(`${database}-ab.i`)).to.deep.equal(['db-ab'])
      expect(await found('*-a_b.*')).to.deep.equal(['db-a_b'])
      expect(await found('*-a?b.*')).to.have.members(['db-a_b', 'db-acb'])
      expect(await found('*-a[_c]b')).to.have.members(['db-a_b', 'db-acb'])
      expect(await found('nothing', '*-acb')).to.deep.equal(['db-acb'])
      expect(await found('!*.i')).to.have.members(['db-ab', 'db-a_b', 'db-acb'])
    })

    it('asks as many queries for sixty tables as for one', async () => {
      const questions = async (session: Parameters<typeof discoverTables>[0]) =>
        Number((await session.query("SHOW SESSION STATUS LIKE 'Questions'"))[0]?.Value)
      const table = (index: number) =>
        `CREATE TABLE ${database}.t${index} (a INT PRIMARY KEY, b INT NOT NULL, UNIQUE (b))`
      await sql.query(Array.from({ length: 60 }, (_, index) => table(index)).join(';'))
      await withSession(configOf(sql), async (session) => {
        const before = await questions(session)
        expect(await discoverTables(session, { databases: [database] })).to.have.length(60)
        expect((await questions(session)) - before).to.be.at.most(5)
      })
    })

    it('reads one table by name, and nothing for no name', async () => {
      await sql.query(`CREATE TABLE ${database}.t (i INT); CREATE TABLE ${database}.u (i INT)`)
      await withSession(configOf(sql), async (session) => {
        const [table, ...others] = await discoverTables(session, { tables: [{ database, name: 'u' }] })
        expect(table).to.include({ database, name: 'u' })
        expect(others).to.deep.equal([])
        expect(await discoverTables(session, { tables: [] })).to.deep.equal([])
      })
    })

    if (name === 'MariaDB') {
      it('knows JSON by its constraint, and only where it is one of the column', async () => {
        await sql.query(
          `CREATE TABLE ${database}.t (a JSON, b LONGTEXT, c LONGTEXT CHECK (json_valid(c)), CHECK (length(b) > 0))`,
        )
        const [table] = await tables()
        expect(table?.columns.map((column) => column.dataType)).to.deep.equal(['json', 'longtext', 'json'])
      })

      it('leaves sequences out and keeps system-versioned tables', async () => {
        await sql.query(
          `CREATE SEQUENCE ${database}.s; CREATE TABLE ${database}.t (i INT PRIMARY KEY) WITH SYSTEM VERSIONING`,
        )
        const found = await tables()
        expect(found.map((table) => [table.name, table.isView, table.keyColumns])).to.deep.equal([['t', false, ['i']]])
      })
    }
  })
}
