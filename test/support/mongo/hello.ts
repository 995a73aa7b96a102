import { Binary, type Document, Long } from 'bson'
import type { State } from './state.js'
import type { Command } from './types.js'

export const setName = 'scripted'

export function hello(state: State, { connection, body }: Command): Document {
  const { options, address } = state
  const isMember = options.kind !== 'standalone'
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    ...(isMember ? { setName, setVersion: 1, secondary: false, hosts: [address], me: address, primary: address } : {}),
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    ...(options.hasSessions === false ? {} : { logicalSessionTimeoutMinutes: 30 }),
    connectionId: connection,
    minWireVersion: 0,
    maxWireVersion: options.wireVersion ?? 21,
    readOnly: false,
    ...(body.saslSupportedMechs === undefined ? {} : { saslSupportedMechs: ['SCRAM-SHA-256'] }),
    ok: 1,
    ...options.hello,
  }
}

export function buildInfo({ options }: State): Document {
  const version = options.version ?? '7.0.12'
  const versionArray = [...version.split('.').map(Number), 0].slice(0, 4)
  return { version, versionArray, gitVersion: '', bits: 64, maxBsonObjectSize: 16 * 1024 * 1024, ok: 1 }
}

/** What a member of a replica set adds to each reply. */
export function times({ options, clock }: State): Document {
  if (options.kind === 'standalone') return {}
  const signature = { hash: new Binary(Buffer.alloc(20)), keyId: Long.fromNumber(0) }
  return { $clusterTime: { clusterTime: clock.now, signature }, operationTime: clock.now }
}
