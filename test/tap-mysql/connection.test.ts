import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect } from 'chai'
import type { Config } from '../../tap-mysql/config.js'
import { connect, type Session } from '../../tap-mysql/connection.js'
import { ConnectionLostError } from '../../tap-mysql/failures.js'
import { mariadbServer } from '../support/mariadb.js'
import { mysqlServer } from '../support/mysql.js'
import { sqlServers } from '../support/servers.js'
import type { SqlServer } from '../support/sql-server.js'
import { configOf, testContext, withSession } from './reading.js'

const file = (name: string) => new URL(`../../../test/tap-mysql/tls/${name}.pem`, import.meta.url).pathname
const secret = 'not-the-pass"word'

async function failure(config: Config): Promise<Error> {
  try {
    const session = await connect(config, testContext())
    session.destroy()
  } catch (thrown) {
    if (thrown instanceof Error) return thrown
  }
  throw new Error('it connected')
}

async function variables(session: Session, ...names: string[]): Promise<unknown> {
  const [row] = await session.query(`SELECT ${names.map((name) => `@@SESSION.${name} AS ${name}`).join(', ')}`)
  return row
}

for (const { name, server } of sqlServers) {
  describe(`connecting to ${name}`, () => {
    let sql: SqlServer

    before(async () => {
      sql = await server()
    })

    it('says which server it is', async () => {
      await withSession(configOf(sql), async ({ flavor, version }, { lines }) => {
        expect(flavor).to.equal(name.toLowerCase())
        expect(sql.title).to.equal(`${name} ${version}`)
        expect(lines).to.deep.equal([])
      })
    })

    it('reads in UTC, as UTF-8, without a time limit and with patience for a slow reader', async () => {
      const limit = name === 'MySQL' ? 'max_execution_time' : 'max_statement_time'
      await withSession(configOf(sql), async (session) => {
        const names = ['time_zone', 'sql_mode', 'character_set_results', 'net_write_timeout', 'wait_timeout', limit]
        const zero = name === 'MySQL' ? '0' : '0.000000'
        expect(await variables(session, ...names)).to.deep.equal({
          time_zone: '+00:00',
          sql_mode: '',
          character_set_results: 'utf8mb4',
          net_write_timeout: '28800',
          wait_timeout: '28800',
          [limit]: zero,
        })
      })
    })

    it('runs session_sqls, which cannot change what right values depend on', async () => {
      const session_sqls = [
        "SET SESSION net_write_timeout=77, time_zone='+02:00', sql_mode='ANSI_QUOTES'",
        'SET NAMES latin1',
      ]
      await withSession(configOf(sql, { session_sqls }), async (session) => {
        const names = ['time_zone', 'sql_mode', 'character_set_results', 'net_write_timeout']
        expect(await variables(session, ...names)).to.deep.equal({
          time_zone: '+00:00',
          sql_mode: '',
          character_set_results: 'utf8mb4',
          net_write_timeout: '77',
        })
      })
    })

    it('warns of a session statement that the server refuses, and goes on', async () => {
      await withSession(configOf(sql, { session_sqls: ['SET SESSION no_such_variable=1'] }), async (_, { lines }) => {
        expect(lines).to.have.length(1)
        expect(lines[0]).to.include({ level: 'warning', message: 'the server refused a session statement' })
        expect(lines[0]?.fields.reason).to.match(/^query SET: Unknown system variable 'no_such_variable'/)
      })
    })

    it('answers every value as text', async () => {
      await withSession(configOf(sql), async ({ query }) => {
        const rows = await query(
          "SELECT 18446744073709551615 AS n, CAST('2024-00-00' AS DATE) AS d, NULL AS x, ? AS t",
          ["a'"],
        )
        expect(rows).to.deep.equal([{ n: '18446744073709551615', d: '2024-00-00', x: null, t: "a'" }])
      })
    })

    it('uses the database of the settings', async () => {
      const database = await sql.newDatabase()
      await withSession(configOf(sql, { database }), async ({ query }) => {
        expect(await query('SELECT DATABASE() AS db')).to.deep.equal([{ db: database }])
      })
    })

    it('says of a wrong password which user and settings, never the password', async () => {
      const thrown = await failure(configOf(sql, { user: 'nobody', password: secret }))
      expect(thrown.message)
        .to.match(/^connect to 127\.0\.0\.1:\d+ as nobody: Access denied for user/)
        .and.to.match(/; check the settings user and password$/)
        .and.not.to.include(secret)
      expect(thrown).not.to.be.instanceOf(ConnectionLostError)
    })

    it('says of an unknown database which setting to check', async () => {
      const thrown = await failure(configOf(sql, { database: 'no_such_database' }))
      expect(thrown.message).to.match(/no_such_database.*; check the setting database/)
    })

    it('is told when the connection is lost while idle', async () => {
      await withSession(configOf(sql), async (session) => {
        const [row] = await session.query('SELECT CONNECTION_ID() AS id')
        await sql.query(`KILL ${row?.id}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
        const thrown = await session.query('SELECT 1').catch((caught: unknown) => caught)
        expect(thrown).to.be.instanceOf(ConnectionLostError)
      })
    })

    it('is told when the connection is lost during a query', async () => {
      await withSession(configOf(sql), async (session) => {
        const [row] = await session.query('SELECT CONNECTION_ID() AS id')
        const thrown = session.query('SELECT SLEEP(20)').catch((caught: unknown) => caught)
        await sql.query(`KILL ${row?.id}`)
        expect(await thrown).to.be.instanceOf(ConnectionLostError)
      })
    })

    it('ends at once when aborted while connecting', async () => {
      for (const wait of [0, 1, 2, 5]) {
        const abort = new AbortController()
        const thrown = connect(configOf(sql), testContext(abort.signal)).then((session) =>
          session.query('SELECT SLEEP(20)'),
        )
        await new Promise((resolve) => setTimeout(resolve, wait))
        abort.abort()
        expect(await thrown.catch((caught: unknown) => caught), `after ${wait} ms`).to.be.instanceOf(Error)
      }
    })

    it('ends at once when aborted, during a query too', async () => {
      const abort = new AbortController()
      const session = await connect(configOf(sql), testContext(abort.signal))
      const thrown = session.query('SELECT SLEEP(20)').catch((caught: unknown) => caught)
      abort.abort()
      expect(await thrown).to.be.instanceOf(ConnectionLostError)
    })
  })
}

describe('connecting to nobody', () => {
  const config = (more: Partial<Config>) => ({
    ...configOf({ config: {} } as SqlServer),
    user: 'me',
    password: secret,
    ...more,
  })

  it('says of an unknown host which setting to check', async () => {
    const thrown = await failure(config({ host: 'no-such-host.invalid' }))
    expect(thrown.message).to.match(/^connect to no-such-host\.invalid:3306 as me: .*; .*the setting host/)
  })

  it('says of a closed port which settings to check', async () => {
    const thrown = await failure(config({ host: '127.0.0.1', port: 1 }))
    expect(thrown.message).to.match(
      /^connect to 127\.0\.0\.1:1 as me: .*ECONNREFUSED.*; check the settings host and port/,
    )
    expect(thrown).to.be.instanceOf(ConnectionLostError)
  })

  it('says of something else that answers that the connection was closed', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    try {
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      const thrown = await failure(config({ host: '127.0.0.1', port }))
      expect(thrown.message)
        .to.match(/^connect to 127\.0\.0\.1:\d+ as me: ./)
        .and.not.to.include(secret)
    } finally {
      other.close()
    }
  })

  it('says of a missing certificate file which setting and file', async () => {
    const thrown = await failure(config({ host: '127.0.0.1', port: 1, ssl_ca: '/no/such/ca.pem' }))
    expect(thrown.message).to.match(/^setting ssl_ca: cannot read the file \/no\/such\/ca\.pem/)
  })
})

describe('logins', () => {
  const account = async (sql: SqlServer, identified: string) => {
    const user = `u${Math.random().toString(36).slice(2)}`
    await sql.query(`CREATE USER ${user}@'%' IDENTIFIED ${identified}`)
    return user
  }
  const user = async (config: Config) =>
    withSession(config, async ({ query }) => (await query('SELECT CURRENT_USER() AS u'))[0]?.u)

  for (const plugin of ['caching_sha2_password', 'sha256_password']) {
    for (const ssl of [false, true]) {
      it(`MySQL: ${plugin} ${ssl ? 'over TLS' : 'without TLS'}`, async () => {
        const sql = await mysqlServer()
        const name = await account(sql, `WITH ${plugin} BY '${secret}'`)
        const config = configOf(sql, { user: name, password: secret, ssl, verify_mode: false })
        // The second login finds the server's cache filled.
        expect([await user(config), await user(config)]).to.deep.equal([`${name}@%`, `${name}@%`])
      })
    }
  }

  it('MariaDB: mysql_native_password', async () => {
    const sql = await mariadbServer()
    const name = await account(sql, `VIA mysql_native_password USING PASSWORD('${secret}')`)
    expect(await user(configOf(sql, { user: name, password: secret }))).to.equal(`${name}@%`)
  })

  it('an empty password', async () => {
    const sql = await mysqlServer()
    const name = await account(sql, "BY ''")
    expect(await user(configOf(sql, { user: name, password: '' }))).to.equal(`${name}@%`)
  })
})

describe('TLS', () => {
  let sql: SqlServer
  let previous: readonly unknown[]

  const serve = async (paths: readonly unknown[]) => {
    await sql.query('SET GLOBAL ssl_ca=?, GLOBAL ssl_cert=?, GLOBAL ssl_key=?; ALTER INSTANCE RELOAD TLS', paths)
  }
  const certificate = (name: string) => serve([file('ca'), file(name), file(`${name}-key`)])
  const cipher = (more: Partial<Config>) =>
    withSession(configOf(sql, more), async ({ query }) => (await query("SHOW STATUS LIKE 'Ssl_cipher'"))[0]?.Value)

  before(async () => {
    sql = await mysqlServer()
    const [row] = await sql.query('SELECT @@ssl_ca AS ca, @@ssl_cert AS cert, @@ssl_key AS k')
    previous = [row?.ca, row?.cert, row?.k]
  })
  after(() => serve(previous))

  describe('with a certificate that names a host', () => {
    before(() => certificate('by-name'))

    const works: readonly (readonly [title: string, settings: () => Partial<Config>])[] = [
      ['a CA as a path, the host by name', () => ({ host: 'localhost', ssl_ca: file('ca') })],
      ['a CA as text', () => ({ host: 'localhost', ssl: true, ssl_ca: readFileSync(file('ca'), 'utf8') })],
      [
        'a CA as text with escaped line ends',
        () => ({ host: 'localhost', ssl_ca: readFileSync(file('ca'), 'utf8').replaceAll('\n', '\\n') }),
      ],
      ['internal_hostname', () => ({ ssl_ca: file('ca'), internal_hostname: 'db.internal' })],
      ['check_hostname off', () => ({ ssl_ca: file('ca'), check_hostname: false })],
      ['verify_mode off', () => ({ ssl: true, verify_mode: false })],
    ]
    for (const [title, more] of works) {
      it(`${title}: encrypted`, async () => {
        expect(await cipher(more())).to.match(/^TLS_|SHA/)
      })
    }

    const refused: readonly (readonly [title: string, settings: () => Partial<Config>, message: RegExp])[] = [
      ['no CA', () => ({ host: 'localhost', ssl: true }), /certificate.*; set ssl_ca to the certificate authority/],
      ['another host', () => ({ ssl_ca: file('ca') }), /; set internal_hostname to a name of the certificate/],
      ['another name', () => ({ ssl_ca: file('ca'), internal_hostname: 'db.external' }), /; set internal_hostname/],
    ]
    for (const [title, more, message] of refused) {
      it(`${title}: refused`, async () => {
        expect((await failure(configOf(sql, more()))).message).to.match(message)
      })
    }

    it('a user who must show a certificate', async () => {
      const user = `x${Math.random().toString(36).slice(2)}`
      await sql.query(`CREATE USER ${user}@'%' IDENTIFIED BY '${secret}' REQUIRE X509`)
      const login = { user, password: secret, ssl_ca: file('ca'), host: 'localhost' }
      expect(await cipher({ ...login, ssl_cert: file('client'), ssl_key: file('client-key') })).to.match(/^TLS_|SHA/)
      expect((await failure(configOf(sql, login))).message).to.match(/Access denied/)
    })

    it('ends at once when aborted', async () => {
      const abort = new AbortController()
      const session = await connect(configOf(sql, { ssl: true, verify_mode: false }), testContext(abort.signal))
      const thrown = session.query('SELECT SLEEP(20)').catch((caught: unknown) => caught)
      abort.abort()
      expect(await thrown).to.be.instanceOf(ConnectionLostError)
    })
  })

  it('an address is compared with the addresses of the certificate', async () => {
    await certificate('by-address')
    expect(await cipher({ host: '127.0.0.1', ssl_ca: file('ca') })).to.match(/^TLS_|SHA/)
    expect((await failure(configOf(sql, { host: 'localhost', ssl_ca: file('ca') }))).message).to.match(
      /internal_hostname/,
    )
  })

  it('off by default', async () => {
    expect(await cipher({})).to.equal('')
  })

  it('a server without TLS is named as the reason', async () => {
    const mariadb = await mariadbServer()
    const [row] = await mariadb.query("SHOW VARIABLES LIKE 'have_ssl'")
    if (row?.Value === 'YES') return
    expect((await failure(configOf(mariadb, { ssl: true }))).message).to.match(
      /; the server does not encrypt: set ssl to false/,
    )
  })
})
