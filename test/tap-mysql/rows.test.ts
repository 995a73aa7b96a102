import { createHash } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { SourceError } from '../../singer/index.js'
import { connect } from '../../tap-mysql/connection.js'
import { ConnectionLostError } from '../../tap-mysql/failures.js'
import { rowBlocks } from '../../tap-mysql/rows.js'
import { queryPacket, wireOf } from '../../tap-mysql/wire.js'
import { mariadbServer } from '../support/mariadb.js'
import { mysqlServer } from '../support/mysql.js'
import { sqlServers } from '../support/servers.js'
import type { SqlServer } from '../support/sql-server.js'
import { allLines, configOf, readable, recordTexts, testContext, withSession } from './reading.js'

const rowsOfBig = 200_000

async function createBig(sql: SqlServer): Promise<string> {
  const database = await sql.newDatabase()
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit}`).join(' UNION ALL ')
  await sql.query(`
    CREATE TABLE ${database}.digits (d INT) AS ${digits.replace('SELECT 0', 'SELECT 0 AS d')};
    CREATE TABLE ${database}.big (i INT PRIMARY KEY, t VARCHAR(200));
    INSERT INTO ${database}.big SELECT i, CONCAT('row ', i, ' ', REPEAT('x', 150)) FROM (
      SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d AS i
      FROM ${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${database}.digits ${name}`).join(', ')}) n
    WHERE i < ${rowsOfBig} ORDER BY i`)
  return database
}

for (const { name, server } of sqlServers) {
  describe(`rows of ${name}`, () => {
    let sql: SqlServer
    let database: string

    before(async () => {
      sql = await server()
      database = await createBig(sql)
    })

    const big = async (more = {}, signal?: AbortSignal) => {
      const config = configOf(sql, more)
      const context = testContext(signal)
      const session = await connect(config, context)
      const { query } = await readable(session, config, [database, 'big'], 'ORDER BY i')
      const [row] = await session.query('SELECT CONNECTION_ID() AS id')
      return { session, context, query, blocks: rowBlocks(session, query, context), id: row?.id }
    }

    it('come once each, in whole lines, and the session can be used again', async () => {
      const { session, query, context } = await big()
      const lines = await allLines(session, query, context)
      expect(lines).to.have.length(rowsOfBig)
      for (const [index, line] of lines.entries()) {
        if (!line.startsWith(`{"type":"RECORD","stream":"big","record":{"i":${index},"t":"row ${index} x`))
          expect.fail(line)
      }
      expect(await session.query('SELECT 1 AS one')).to.deep.equal([{ one: '1' }])
      expect(await allLines(session, { ...query, sql: `${query.sql} LIMIT 3` }, context)).to.have.length(3)
      expect(await allLines(session, { ...query, sql: `${query.sql} LIMIT 0` }, context)).to.have.length(0)
      session.destroy()
    })

    it('stay unchanged until two more blocks have been pulled', async () => {
      const { session, blocks } = await big()
      const hash = (lines: Buffer) => createHash('sha1').update(lines).digest('hex')
      const seen: { lines: Buffer; hash: string }[] = []
      for await (const { lines } of blocks) {
        const previous = seen.at(-1)
        if (previous) expect(hash(previous.lines)).to.equal(previous.hash)
        seen.push({ lines, hash: hash(lines) })
      }
      expect(seen.length).to.be.greaterThan(10)
      session.destroy()
    })

    it('come in small blocks to whom is slow, and in large ones again to whom is fast', async () => {
      const { session, blocks } = await big()
      const sizes: number[] = []
      for await (const { lines } of blocks) {
        sizes.push(lines.length)
        if (sizes.length < 10) await new Promise((resolve) => setTimeout(resolve, 80))
      }
      for (const size of sizes.slice(1, 10)) expect(size).to.be.lessThan(66_000)
      expect(Math.max(...sizes.slice(10))).to.be.greaterThan(500_000)
      session.destroy()
    })

    it('end with a failure when the connection is killed, while waiting', async () => {
      const { blocks, id } = await big()
      let count = 0
      const reading = (async () => {
        for await (const block of blocks) {
          const before = count
          count += block.count
          if (before < 50_000 && count >= 50_000) await sql.query(`KILL ${id}`)
        }
      })()
      const thrown = await reading.catch((caught: unknown) => caught)
      expect(thrown).to.be.instanceOf(ConnectionLostError)
      expect(String(thrown)).to.match(/^ConnectionLostError: read big: /)
      expect(count).to.be.within(50_000, rowsOfBig - 1)
    })

    it('end with a failure when the query is killed', async () => {
      const { session, query, context, id } = await big()
      const slow = rowBlocks(
        session,
        { ...query, sql: `${query.sql.replace('ORDER BY', 'WHERE SLEEP(0.01) = 0 ORDER BY')}` },
        context,
      )
      const reading = slow.next().catch((caught: unknown) => caught)
      await new Promise((resolve) => setTimeout(resolve, 100))
      await sql.query(`KILL QUERY ${id}`)
      expect(await reading).to.be.instanceOf(ConnectionLostError)
    })

    it('end with a failure when the server has lost patience with a stalled reader', async () => {
      const { blocks } = await big({ session_sqls: ['SET SESSION net_write_timeout=1'] })
      await blocks.next()
      await new Promise((resolve) => setTimeout(resolve, 3000))
      const rest = async () => {
        for await (const _ of blocks);
      }
      expect(await rest().catch((caught: unknown) => caught)).to.be.instanceOf(ConnectionLostError)
    })

    it('end with a failure when the session is destroyed while paused', async () => {
      const { session, blocks } = await big()
      await blocks.next()
      session.destroy()
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await blocks.next().catch((caught: unknown) => caught)).to.be.instanceOf(ConnectionLostError)
    })

    for (const waiting of [true, false]) {
      it(`end without a failure when aborted ${waiting ? 'while waiting' : 'while paused'}`, async () => {
        const abort = new AbortController()
        const { blocks } = await big({}, abort.signal)
        await blocks.next()
        const next = waiting ? blocks.next() : undefined
        abort.abort()
        await next
        let left = 0
        for await (const block of blocks) left += block.count
        expect(left).to.equal(0)
      })
    }

    it('free the server when they are left early', async () => {
      const { blocks, id } = await big()
      for await (const _ of blocks) break
      const running = () => sql.query('SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ?', [id])
      while ((await running()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    })

    it('a refused query says what was read and why, and is no lost connection', async () => {
      const { session, query, context } = await big()
      const thrown = await allLines(session, { ...query, sql: 'SELECT nothing FROM nowhere.at_all' }, context).catch(
        (caught: unknown) => caught,
      )
      expect(thrown).to.be.instanceOf(SourceError).and.not.instanceOf(ConnectionLostError)
      expect(String(thrown)).to.match(/^SourceError: read big: .*(nowhere|at_all)/)
    })

    it('a statement without rows is a failure, not a wait', async () => {
      const { session, query, context } = await big()
      const thrown = await allLines(session, { ...query, sql: 'DO 1' }, context).catch((caught: unknown) => caught)
      expect(String(thrown)).to.match(/^SourceError: read big: the statement returned no rows/)
    })

    it('a number that has become a text since discovery stops the run and names the column', async () => {
      const { session, query, context } = await big()
      const sqlText = query.sql.replace('`i`', "'abc'")
      const thrown = await allLines(session, { ...query, sql: sqlText }, context).catch((caught: unknown) => caught)
      expect(String(thrown)).to.match(
        /^SourceError: read big: column "i" was int.* at the start of the run and has been/,
      )
    })

    it('a number that comes as a text, whatever the server says of it, stops the run and names the column', async () => {
      const { session, query, context } = await big()
      const columns = query.columns.map((column) => ({ ...column, isAsBefore: () => true }))
      const sqlText = query.sql.replace('`i`', "'abc'")
      const reading = allLines(session, { ...query, columns, sql: sqlText }, context)
      const thrown = await reading.catch((caught: unknown) => caught)
      expect(String(thrown)).to.match(/^SourceError: read big: column "i" was a number.*run again$/)
    })

    it('of 40 MB pass, between small ones', async () => {
      await withSession(configOf(sql), async (session, context) => {
        await sql.query(`CREATE TABLE ${database}.large (i INT PRIMARY KEY, t LONGTEXT, b LONGBLOB)`)
        await sql.query(`INSERT INTO ${database}.large VALUES (1, 'a', ''), (3, 'b', '')`)
        await sql.query(`INSERT INTO ${database}.large VALUES (2, REPEAT('é"', 7000000), REPEAT(x'000102', 6500000))`)
        const { query } = await readable(session, configOf(sql), [database, 'large'], 'ORDER BY i')
        const records = recordTexts(await allLines(session, query, context), query)
        expect([records[0], records[2]]).to.deep.equal(['{"i":1,"t":"a","b":""}', '{"i":3,"t":"b","b":""}'])
        const { t, b } = JSON.parse(records[1] ?? '') as { readonly t: string; readonly b: string }
        expect(t === 'é"'.repeat(7_000_000)).to.equal(true)
        expect(b === 'AAEC'.repeat(6_500_000)).to.equal(true)
      })
    })

    it('of exactly one and two packets pass', async () => {
      await withSession(configOf(sql), async (session, context) => {
        await sql.query(`CREATE TABLE ${database}.edge (t LONGTEXT)`)
        // Four bytes of the packet are the length of the value.
        const lengths = [0xfffffe - 4, 0xffffff - 4, 2 * 0xffffff - 9]
        for (const length of lengths) await sql.query(`INSERT INTO ${database}.edge VALUES (REPEAT('x', ${length}))`)
        const { query } = await readable(session, configOf(sql), [database, 'edge'])
        const records = recordTexts(await allLines(session, query, context), query)
        expect(records.map((text) => text.length - '{"t":""}'.length)).to.deep.equal(lengths)
      })
    })

    it('hold JSON documents of 20 MB', async () => {
      await withSession(configOf(sql), async (session, context) => {
        await sql.query(`CREATE TABLE ${database}.documents (j JSON)`)
        await sql.query(`INSERT INTO ${database}.documents VALUES (CONCAT('["', REPEAT('x', 20000000), '"]'))`)
        const { query } = await readable(session, configOf(sql), [database, 'documents'])
        const [record] = recordTexts(await allLines(session, query, context), query)
        expect(record === `{"j":["${'x'.repeat(20_000_000)}"]}`).to.equal(true)
      })
    })

    it('of 1,000 columns pass', async () => {
      await withSession(configOf(sql), async (session, context) => {
        const columns = Array.from({ length: 1000 }, (_, index) => `c${index}`)
        await sql.query(`CREATE TABLE ${database}.wide (${columns.map((column) => `${column} SMALLINT`).join(', ')})`)
        await sql.query(`INSERT INTO ${database}.wide (c0, c999) VALUES (1, -1), (2, -2)`)
        const { query } = await readable(session, configOf(sql), [database, 'wide'])
        const records = recordTexts(await allLines(session, query, context), query).map((text) => JSON.parse(text))
        expect(records).to.have.length(2)
        expect(Object.keys(records[1])).to.deep.equal(columns)
        expect(records[1]).to.include({ c0: 2, c1: null, c999: -2 })
      })
    })

    it('under odd names pass', async () => {
      await withSession(configOf(sql), async (session, context) => {
        const odd = ['a`b', "it's", '"q"', 'é', 'x.y', 'tab\tname', '日本', '\\']
        const quoted = odd.map((text) => `\`${text.replaceAll('`', '``')}\``)
        await sql.query(
          `CREATE TABLE ${database}.\`o\`\`"é.'\` (${quoted.map((column) => `${column} INT`).join(', ')})`,
        )
        await sql.query(`INSERT INTO ${database}.\`o\`\`"é.'\` VALUES (${odd.map((_, index) => index).join(', ')})`)
        const { query } = await readable(session, configOf(sql), [database, 'o`"é.\''])
        const [record] = recordTexts(await allLines(session, query, context), query)
        expect(JSON.parse(record ?? '')).to.deep.equal(Object.fromEntries(odd.map((text, index) => [text, index])))
      })
    })

    it('keep any text, any bytes and any double', async () => {
      const table = `${database}.anything`
      await sql.query(`CREATE TABLE ${table} (i INT PRIMARY KEY, t LONGTEXT, b BLOB, d DOUBLE, f FLOAT)`)
      const double = fc.double({ noNaN: true, noDefaultInfinity: true })
      const float = fc.float({ noNaN: true, noDefaultInfinity: true })
      const rows = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.uint8Array(), double, float), { minLength: 1 })
      await withSession(configOf(sql), async (session, context) => {
        const { query } = await readable(session, configOf(sql), [database, 'anything'], 'ORDER BY i')
        const unchanged = fc.asyncProperty(rows, async (values) => {
          const inserts = values.map(([t, b, d, f], index) => [index, t, Buffer.from(b), `${d}`, `${f}`])
          await sql.query(`DELETE FROM ${table}; INSERT INTO ${table} VALUES ?`, [inserts])
          const records = recordTexts(await allLines(session, query, context), query)
          const expected = values.map(([t, b, d, f], i) => ({
            i,
            t,
            b: Buffer.from(b).toString('base64'),
            d: d + 0,
            f: f + 0,
          }))
          const read = records
            .map((text) => JSON.parse(text))
            .map((row) => ({ ...row, d: row.d + 0, f: Math.fround(row.f) + 0 }))
          expect(read).to.deep.equal(expected)
        })
        await fc.assert(unchanged, { numRuns: 60 })
      })
    })

    it('print DECIMAL as the server does', async () => {
      const digits = (length: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{0,${length - 1}}$`))
      const number = fc.tuple(fc.constantFrom('', '-'), digits(35), digits(30))
      await sql.query(`CREATE TABLE ${database}.decimals (d DECIMAL(65,30))`)
      await withSession(configOf(sql), async (session, context) => {
        const { query } = await readable(session, configOf(sql), [database, 'decimals'])
        const same = fc.asyncProperty(fc.array(number, { minLength: 1 }), async (numbers) => {
          const texts = numbers.map(([sign, whole, fraction]) => `${sign}${whole}.${fraction.padEnd(30, '0')}`)
          await sql.query(`DELETE FROM ${database}.decimals; INSERT INTO ${database}.decimals VALUES ?`, [
            texts.map((text) => [text]),
          ])
          const records = recordTexts(await allLines(session, query, context), query)
          expect(records).to.have.members(texts.map((text) => `{"d":${text}}`))
        })
        await fc.assert(same, { numRuns: 30 })
      })
    })

    it('use nothing of mysql2 that is not there', async () => {
      await withSession(configOf(sql), async (session) => {
        const wire = wireOf(session.connection)
        for (const method of ['addCommand', 'writePacket', '_resetSequenceId'] as const) {
          expect(wire[method]).to.be.a('function')
        }
        for (const method of ['pause', 'resume', 'destroy'] as const) expect(wire.stream[method]).to.be.a('function')
        expect(wire.packetParser.execute).to.be.a('function')
        expect(wire.sequenceId).to.be.a('number')
        expect(wire.serverCapabilityFlags & wire.config.clientFlags)
          .to.be.a('number')
          .and.not.equal(0)
      })
    })
  })
}

describe('the bytes of a query', () => {
  it('begin with an empty list of attributes where the server knows them: MySQL', async () => {
    await withSession(configOf(await mysqlServer()), async (session) => {
      const { buffer } = queryPacket('SELECT 1', wireOf(session.connection))
      expect(buffer.subarray(4, 7)).to.deep.equal(Buffer.from([3, 0, 1]))
      expect(buffer.subarray(7).toString()).to.equal('SELECT 1')
    })
  })

  it('are the text alone where it does not: MariaDB', async () => {
    await withSession(configOf(await mariadbServer()), async (session) => {
      const { buffer } = queryPacket('SELECT 1', wireOf(session.connection))
      expect(buffer.subarray(4).toString()).to.equal('\u0003SELECT 1')
    })
  })
})

describe('what MariaDB stores and JSON does not know', () => {
  const reading = async (type: string, value: string) => {
    const sql = await mariadbServer()
    const database = await sql.newDatabase()
    await sql.query(
      `CREATE TABLE ${database}.t (i INT, v ${type}); INSERT INTO ${database}.t VALUES (1, NULL), (2, ${value})`,
    )
    return withSession(configOf(sql), async (session, context) => {
      const { query } = await readable(session, configOf(sql), [database, 't'])
      return allLines(session, query, context).catch((caught: unknown) => caught)
    })
  }

  for (const text of ['[1.]', '"\\\\x"', '{"a":{"b":[0.1,"\\\\y"]}}']) {
    it(`${text} in a JSON column stops the run and names stream and column`, async () => {
      const thrown = await reading('JSON', `'${text}'`)
      expect(thrown).to.be.instanceOf(SourceError).and.not.instanceOf(ConnectionLostError)
      expect(String(thrown)).to.match(/^SourceError: read t: column "v" holds a text that is no JSON/)
    })
  }

  for (const charset of ['utf8mb3', 'utf8mb4']) {
    it(`half a surrogate pair in ${charset} stops the run and names stream and column`, async () => {
      const thrown = await reading(`VARCHAR(9) CHARACTER SET ${charset}`, "x'61EDA08062'")
      expect(String(thrown)).to.match(/^SourceError: read t: column "v" holds bytes that are no UTF-8/)
    })
  }
})
