import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from './cache.js'
import { findProgram, run } from './command.js'
import { startDaemon } from './daemon.js'
import { onceOnly } from './once.js'
import { unpackedPackages } from './packages.js'
import { account, accountSql, addressOf, asRoot, type SqlServer, sqlServer } from './sql-server.js'

/** MySQL 9.7, started once per process; TEST_MYSQL_URL (mysql://user:password@host:port) names another one instead. */
export const mysqlServer = onceOnly(async (): Promise<SqlServer> => {
  const url = process.env.TEST_MYSQL_URL
  return url ? sqlServer(addressOf(url), undefined) : startMysql(await unpackedMysql())
})

export interface MysqlPrograms {
  /** Says under which name its first data are kept. */
  readonly name: string
  readonly server: readonly string[]
  readonly client: readonly string[] | undefined
}

/** The MySQL on PATH, if there is one; what is called mysqld may also be a MariaDB. */
export async function installedMysql(): Promise<MysqlPrograms | undefined> {
  const server = findProgram('mysqld')
  const client = findProgram('mysql')
  if (!server) return undefined
  const version = /^(?!.*MariaDB).*Ver (\d+\.\d+\.\d+)/.exec(await run([server, '--version']))?.[1]
  if (!version) return undefined
  const name = `mysql-${version}-installed`
  return { name, server: [server, '--no-defaults'], client: client ? [client] : undefined }
}

/** MySQL 9.7 of Debian sid, unpacked into the cache. */
export async function unpackedMysql(): Promise<MysqlPrograms> {
  const packages = await unpackedPackages('mysql-9.7', ['mysql-server-core', 'mysql-client-core'], 'sid').catch(
    (cause: unknown) => {
      const needed = "apt-get and Debian's keys are needed to fetch MySQL 9.7; or set TEST_MYSQL_URL"
      throw new Error(needed, { cause })
    },
  )
  const { root } = packages
  const folders = [
    `--basedir=${root}/usr`,
    `--plugin-dir=${root}/usr/lib/mysql/plugin`,
    `--lc-messages-dir=${root}/usr/share/mysql`,
    `--character-sets-dir=${root}/usr/share/mysql/charsets`,
  ]
  return {
    name: `mysql-9.7-data-${process.arch}`,
    server: [...packages.command('usr/sbin/mysqld'), '--no-defaults', ...folders],
    client: packages.command('usr/bin/mysql'),
  }
}

export async function startMysql(programs: MysqlPrograms): Promise<SqlServer> {
  const base = [...programs.server, ...asRoot, ...fast]
  const template = await cached(programs.name, (folder) => initialise(base, folder))
  const daemon = await startDaemon({
    name: 'mysqld',
    async command(folder, port) {
      await run(['cp', '-r', join(template, 'data'), folder])
      return [...base, ...settings, `--datadir=${folder}/data`, `--port=${port}`, `--socket=${folder}/socket`]
    },
    isReady: async (_port, log) => log.includes('ready for connections'),
  })
  const client = programs.client && [...programs.client, '--no-defaults', '--get-server-public-key']
  return sqlServer({ host: '127.0.0.1', port: daemon.port, ...account }, client)
}

// Nothing needs to survive a crash, so nothing is synced; files stay small, because each start copies them.
const fast = [
  '--innodb-flush-log-at-trx-commit=0',
  '--sync-binlog=0',
  '--innodb-doublewrite=OFF',
  '--innodb-redo-log-capacity=64M',
  '--innodb-buffer-pool-size=64M',
  '--performance-schema=OFF',
]

const settings = [
  '--bind-address=127.0.0.1',
  '--mysqlx=OFF',
  '--secure-file-priv=',
  '--local-infile=ON',
  '--max-allowed-packet=1G',
  '--log-bin=mysql-bin',
  '--binlog-row-metadata=FULL',
  '--server-id=97',
  '--gtid-mode=ON',
  '--enforce-gtid-consistency=ON',
  '--log-error-verbosity=3',
]

async function initialise(base: readonly string[], folder: string): Promise<void> {
  const accounts = join(folder, 'accounts.sql')
  await writeFile(accounts, accountSql)
  await mkdir(join(folder, 'data'))
  await run([...base, '--initialize-insecure', `--init-file=${accounts}`, `--datadir=${folder}/data`])
  // Each copy makes an identity of its own.
  await run(['rm', '-f', join(folder, 'data/auto.cnf')])
}
