// Fetches the servers before the tests begin, so that no test waits for a download. What cannot be had is said here in
// one line each; the tests that need it fail with the same words.
import { installedMariadb, unpackedMariadb } from './mariadb.js'
import { javaServer } from './mongo/java.js'
import { unpackedMysql } from './mysql.js'
import { versitygw } from './s3.js'

const servers = [
  { name: 'MySQL', elsewhere: 'TEST_MYSQL_URL', fetch: unpackedMysql },
  { name: 'MariaDB', elsewhere: 'TEST_MARIADB_URL', fetch: async () => installedMariadb() ?? unpackedMariadb() },
  { name: 'MongoDB', elsewhere: 'TEST_MONGODB_URI', fetch: javaServer },
  { name: 'S3', elsewhere: 'TEST_S3_ENDPOINT', fetch: versitygw },
]

await Promise.all(
  servers.map(({ name, elsewhere, fetch }) =>
    process.env[elsewhere]
      ? undefined
      : fetch().catch((cause: Error) => {
          process.stderr.write(`${name} cannot be had: ${cause.message}\n`)
        }),
  ),
)
