import { findProgram, run } from '../test/support/command.js'
import { startDaemon } from '../test/support/daemon.js'
import { installedMariadb, startMariadb, unpackedMariadb } from '../test/support/mariadb.js'
import { installedMysql, startMysql } from '../test/support/mysql.js'
import { account, type SqlServer, sqlServer } from '../test/support/sql-server.js'

export interface Database {
  readonly server: SqlServer
  readonly origin: string
}

/** A throwaway MySQL or MariaDB: of this machine, else unpacked into `.cache/`, else in a container. */
export async function startDatabase(): Promise<Database> {
  const reasons: string[] = []
  for (const { origin, start } of ways) {
    try {
      const server = await start()
      if (server) return { server, origin }
    } catch (cause) {
      reasons.push(`${origin}: ${cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ').slice(0, 300) : cause}`)
    }
  }
  throw new Error(
    ['No MySQL or MariaDB found: install mariadb-server (or docker) and try again.', ...reasons].join('\n'),
  )
}

const ways: readonly { origin: string; start: () => Promise<SqlServer | undefined> }[] = [
  {
    origin: 'found on this machine',
    start: async () => {
      const mariadb = installedMariadb()
      return mariadb && startMariadb(mariadb)
    },
  },
  {
    origin: 'found on this machine',
    start: async () => {
      const mysql = await installedMysql()
      return mysql && startMysql(mysql)
    },
  },
  {
    origin: "the distribution's packages, unpacked into .cache/",
    start: async () => startMariadb(await unpackedMariadb()),
  },
  { origin: 'in a docker container', start: startContainer },
]

const image = 'mariadb:lts'

async function startContainer(): Promise<SqlServer | undefined> {
  const docker = findProgram('docker')
  if (!docker) return undefined
  await run([docker, 'pull', '--quiet', image])
  const daemon = await startDaemon({
    name: image,
    // The client hands it on to the container, which then removes itself.
    signal: 'TERM',
    env: { MARIADB_ROOT_PASSWORD: account.password },
    command: async (_folder, port) => [
      docker,
      'run',
      '--rm',
      '--publish',
      `127.0.0.1:${port}:3306`,
      '--env',
      'MARIADB_ROOT_PASSWORD',
      image,
    ],
    // The image first starts a server that only its own set-up can reach.
    isReady: async (_port, log) => /port: 3306 /.test(log),
  })
  return sqlServer({ host: '127.0.0.1', port: daemon.port, user: 'root', password: account.password }, undefined)
}
