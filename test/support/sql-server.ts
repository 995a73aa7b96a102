import type { Connection, RowDataPacket } from 'mysql2/promise'

export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

/** A running MySQL or MariaDB that tests may fill. */
export interface SqlServer extends Address {
  /** `MySQL 9.7.4`, for titles and messages. */
  readonly title: string
  /** The settings of tap-mysql that reach it. */
  readonly config: Address
  /** One statement or several, on one connection that lives as long as the tests. Big numbers and dates are strings. */
  query(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** Makes an empty database and returns its name. */
  newDatabase(): Promise<string>
  /** The command line of its own client, for pipes and benchmarks; undefined where there is none. */
  readonly client: readonly string[] | undefined
}

export type Row = Readonly<Record<string, unknown>>

/** The account of the servers that the tests start. */
export const account = { user: 'tap', password: 'open-sesame-97' }
export const accountSql = `CREATE USER ${account.user}@'%' IDENTIFIED BY '${account.password}';
GRANT ALL ON *.* TO ${account.user}@'%' WITH GRANT OPTION;\n`

/** Both servers refuse to run as root unless they are told to. */
export const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

const opened: { connection: Promise<Connection>; databases: string[] }[] = []

export async function sqlServer(address: Address, client: readonly string[] | undefined): Promise<SqlServer> {
  const state = { connection: connect(address), databases: [] as string[] }
  opened.push(state)
  const query = async (sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const [rows] = await (await state.connection).query<RowDataPacket[]>(sql, [...values])
    return rows
  }
  const [version] = await query('SELECT VERSION() AS text')
  return {
    ...address,
    title: title(String(version?.text)),
    config: address,
    query,
    async newDatabase() {
      const name = `t${process.pid}_${Math.random().toString(36).slice(2, 10)}`
      await query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
      state.databases.push(name)
      return name
    },
    client: client && [
      ...client,
      `--host=${address.host}`,
      `--port=${address.port}`,
      `--user=${address.user}`,
      `--password=${address.password}`,
    ],
  }
}

/** Drops what `newDatabase` made and ends the connections. */
export async function closeSqlServers(): Promise<void> {
  for (const { connection, databases } of opened.splice(0)) {
    const open = await connection.catch(() => undefined)
    for (const name of databases) await open?.query(`DROP DATABASE IF EXISTS ${name}`).catch(() => undefined)
    open?.destroy()
  }
}

/** Of a URL `mysql://user:password@host:port`. */
export function addressOf(url: string): Address {
  const { hostname, port, username, password } = new URL(url)
  return {
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}

async function connect(address: Address): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise')
  return createConnection({
    ...address,
    multipleStatements: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  })
}

function title(version: string): string {
  return `${version.includes('MariaDB') ? 'MariaDB' : 'MySQL'} ${version.replace(/-.*/, '')}`
}
