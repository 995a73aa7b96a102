import fc from 'fast-check'
import { stopDaemons } from './daemon.js'
import { closeMongoServers } from './mongo/java.js'
import { closeSqlServers } from './sql-server.js'

/** Ends what the modules of this folder started. Not needed when the process dies: then the servers end by themselves. */
export async function stopServers(): Promise<void> {
  await closeSqlServers()
  await closeMongoServers()
  await stopDaemons()
}

// The same examples in each run, so that a red one says something about the change. `FC_SEED=$RANDOM` tries others.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) })

export const mochaHooks = { afterAll: stopServers }
