import type { Context } from '../singer/index.js'
import type { Config } from './config.js'
import type { Session } from './connection.js'
import type { Flavor } from './server-version.js'

type Query = Session['query']

/** Variables for long reads, then the user's statements, then what right values depend on. */
export async function setVariables(query: Query, flavor: Flavor, config: Config, context: Context): Promise<void> {
  for (const statement of [...patience(flavor), ...config.session_sqls, ...exactness]) {
    try {
      await query(statement)
    } catch (refusal) {
      if (context.signal.aborted) throw refusal
      const reason = refusal instanceof Error ? refusal.message : String(refusal)
      context.log.warning('the server refused a session statement', { statement, reason })
    }
  }
}

// A paused reader is cut off by net_write_timeout, 60 s by default.
function patience(flavor: Flavor): readonly string[] {
  const timeouts = 'net_write_timeout=28800, net_read_timeout=28800, wait_timeout=28800'
  const statementTime = flavor === 'mariadb' ? 'max_statement_time=0' : 'max_execution_time=0'
  return [`SET SESSION ${timeouts}, sql_select_limit=DEFAULT`, `SET SESSION ${statementTime}`]
}

// With an empty sql_mode CHAR is not padded and a backslash escapes.
const exactness = ['SET NAMES utf8mb4', "SET SESSION time_zone='+00:00', sql_mode=''"]
