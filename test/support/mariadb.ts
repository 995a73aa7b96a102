import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findProgram, run } from './command.js'
import { startDaemon } from './daemon.js'
import { onceOnly } from './once.js'
import { unpackedPackages } from './packages.js'
import { account, accountSql, addressOf, asRoot, type SqlServer, sqlServer } from './sql-server.js'

/** MariaDB, started once per process; TEST_MARIADB_URL (mysql://user:password@host:port) names another one instead. */
export const mariadbServer = onceOnly(async (): Promise<SqlServer> => {
  const url = process.env.TEST_MARIADB_URL
  if (url) return sqlServer(addressOf(url), installedMariadb()?.client)
  return startMariadb(installedMariadb() ?? (await unpackedMariadb()))
})

export interface MariadbPrograms {
  readonly server: readonly string[]
  readonly client: readonly string[]
  /** Where messages, character sets and the SQL text of the system tables lie. */
  readonly share: string
}

/** The MariaDB on PATH, if there is one. */
export function installedMariadb(): MariadbPrograms | undefined {
  const server = findProgram('mariadbd')
  const client = findProgram('mariadb')
  if (!server || !client) return undefined
  const shares = ['mysql', 'mariadb'].map((name) => join(dirname(server), '../share', name))
  const share = shares.find((folder) => existsSync(join(folder, 'charsets')))
  return share ? { server: [server], client: [client], share } : undefined
}

/** The distribution's MariaDB, unpacked into the cache. */
export async function unpackedMariadb(): Promise<MariadbPrograms> {
  const packages = await unpackedPackages('mariadb', ['mariadb-server-core', 'mariadb-client-core']).catch(
    (cause: unknown) => {
      throw new Error('neither mariadbd nor apt-get is there; install mariadb-server or set TEST_MARIADB_URL', {
        cause,
      })
    },
  )
  return {
    server: packages.command('usr/sbin/mariadbd'),
    client: packages.command('usr/bin/mariadb'),
    share: join(packages.root, 'usr/share/mysql'),
  }
}

export async function startMariadb({ server, client, share }: MariadbPrograms): Promise<SqlServer> {
  const texts = [`--lc-messages-dir=${share}`, `--character-sets-dir=${share}/charsets`]
  const base = [...server, '--no-defaults', ...asRoot, ...fast, ...texts]
  const daemon = await startDaemon({
    name: 'mariadbd',
    async command(folder, port) {
      const files = [`--datadir=${folder}/data`, `--socket=${folder}/socket`, `--tmpdir=${folder}`]
      await mkdir(join(folder, 'data'))
      await bootstrap([...base, ...files, '--bootstrap'], folder, share)
      return [...base, ...files, ...settings, `--port=${port}`]
    },
    isReady: async (_port, log) => log.includes('ready for connections'),
  })
  return sqlServer({ host: '127.0.0.1', port: daemon.port, ...account }, [...client, '--no-defaults'])
}

// Nothing needs to survive a crash, so nothing is synced, and the files stay small.
const fast = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=OFF',
  '--innodb-log-file-size=48M',
  '--innodb-buffer-pool-size=64M',
  '--performance-schema=OFF',
]

const settings = [
  '--bind-address=127.0.0.1',
  '--secure-file-priv=',
  '--local-infile=ON',
  '--max-allowed-packet=1G',
  '--log-bin=mariadb-bin',
  '--binlog-format=ROW',
  '--binlog-row-metadata=FULL',
  '--sync-binlog=0',
  '--server-id=10',
]

/** What mariadb-install-db does, without the programs and paths that it expects on the system. */
async function bootstrap(command: readonly string[], folder: string, share: string): Promise<void> {
  const names = await readdir(share)
  const scripts = systemTables.map((pattern) => names.find((name) => pattern.test(name)))
  const texts = await Promise.all(
    scripts.filter((name) => name !== undefined).map((name) => readFile(join(share, name), 'utf8')),
  )
  const all = join(folder, 'system-tables.sql')
  await writeFile(
    all,
    [
      'CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n',
      ...texts,
      `FLUSH PRIVILEGES;\n${accountSql}`,
    ].join('\n'),
  )
  await run(['/bin/sh', '-c', 'file=$1; shift; "$@" <"$file"', 'sh', all, ...command])
}

const systemTables = [
  /^(mysql|mariadb)_system_tables\.sql$/,
  /^(mysql|mariadb)_performance_tables\.sql$/,
  /^(mysql|mariadb)_system_tables_data\.sql$/,
  /^maria_add_gis_sp_bootstrap\.sql$/,
  /^(mysql|mariadb)_sys_schema\.sql$/,
]
