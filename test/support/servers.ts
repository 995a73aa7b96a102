import { mariadbServer } from './mariadb.js'
import { mysqlServer } from './mysql.js'

export type { SqlServer } from './sql-server.js'

/** For tests that run on both: `for (const { name, server } of sqlServers) describe(name, …)`, `await server()` inside. */
export const sqlServers = [
  { name: 'MySQL', server: mysqlServer },
  { name: 'MariaDB', server: mariadbServer },
]
