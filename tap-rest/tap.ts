import type { Context, Tap } from '../singer/index.js'
import { syncEach } from '../singer/streams.js'
import { type Config, settings } from './config.js'
import { migrate } from './settings/migrate-command.js'
import type { Plan } from './settings/plan.js'
import type { Run } from './sync/open-source.js'

export const tap: Tap<Config> = {
  name: 'tap-rest',
  description: 'Reads JSON APIs as streams that one file of settings declares.',
  capabilities: ['about', 'activate-version', 'catalog', 'discover', 'state', 'structured-logging', 'test'],
  settings,
  commands: { migrate },
  async discover(config, context, patterns) {
    const { planOf } = await import('./settings/plan-settings.js')
    const { discoverCatalog } = await import('./discover.js')
    const run = await openRun(planOf(config, context), context)
    try {
      return await discoverCatalog(run, patterns)
    } finally {
      await run.client.close()
    }
  },
  async *sync(config, streams, state, context) {
    const { planOf } = await import('./settings/plan-settings.js')
    const { thawed } = await import('./discovery/frozen.js')
    const { syncStream } = await import('./sync/sync-stream.js')
    const run = await openRun(thawed(planOf(config, context), streams), context)
    try {
      yield* syncEach(streams, state, context, (stream, before) => syncStream(stream, before, run))
    } finally {
      await run.client.close()
    }
  },
}

async function openRun(plan: Plan, context: Context): Promise<Run> {
  const { openAuths } = await import('./auth/auth.js')
  const { openClient } = await import('./http/client.js')
  const { openTransport } = await import('./http/transport.js')
  const { instantOf } = await import('./sync/times.js')
  const { connection } = plan
  const { tokenStore } = connection
  const transport = openTransport(connection, context)
  const authOf = openAuths({ send: transport.send, context, ...(tokenStore !== undefined && { tokenStore }) })
  return {
    plan,
    context,
    client: openClient(connection, { context, authOf, transport }),
    startedAt: instantOf(new Date()),
  }
}
