import { stopDaemons } from './daemon.js'
import { closeSqlServers } from './sql-server.js'

/** Ends what the modules of this folder started. Not needed when the process dies: then the servers end by themselves. */
export async function stopServers(): Promise<void> {
  await closeSqlServers()
  await stopDaemons()
}

export const mochaHooks = { afterAll: stopServers }
