import { lookup as systemLookup } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { SourceError } from '../../singer/index.js'
import type { ConnectionPlan } from '../settings/plan.js'

export interface Address {
  readonly address: string
  readonly family: number
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>

export const systemResolve: Resolve = (hostname) => systemLookup(hostname, { all: true })

/**
 * Refuses what can be told before connecting: addresses in URLs, and names when a proxy connects in our place. The proxy
 * asks a name service of its own: what that says cannot be checked here. Names of direct connections: `publicLookup`.
 */
export async function assertPublicTarget(url: URL, connection: ConnectionPlan, resolve: Resolve): Promise<void> {
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(hostname)) assertPublic(hostname, [{ address: hostname, family: isIP(hostname) }])
  else if (hasProxy(connection)) assertPublic(hostname, await resolve(hostname))
}

/** For `connect.lookup`: the socket connects to the very addresses that were checked, whatever the name means later. */
export function publicLookup(resolve: Resolve, isRefused = isPrivate): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname)
      .then((addresses) => assertPublic(hostname, addresses, isRefused))
      .then(
        (addresses) => {
          if (options.all) return done(null, [...addresses])
          done(null, addresses[0]?.address ?? '', addresses[0]?.family)
        },
        (problem) => done(problem, ''),
      )
  }
}

/** Neither of the public internet's unicast addresses, nor such an address in the disguise of IPv6. */
export function isPrivate(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  return refused.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

function assertPublic(hostname: string, addresses: readonly Address[], isRefused = isPrivate): readonly Address[] {
  const found = addresses.find(({ address }) => isRefused(address))
  if (!found && addresses.length > 0) return addresses
  const what = found ? `is ${found.address}, which is not a public address` : 'has no address'
  throw new SourceError(`${hostname} ${what}: nothing was sent there, since block_private_networks is true`)
}

/** Whether a proxy may look names up in our place. */
export function hasProxy({ proxy }: ConnectionPlan): boolean {
  return proxy !== undefined || proxyVariables.some((name) => process.env[name])
}

const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const refused4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's own services: a public address that never leaves the host.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** https://www.iana.org/assignments/iana-ipv6-special-registry */
const refused6: readonly (readonly [network: string, bits: number])[] = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

const refused = new BlockList()
for (const [network, bits] of refused4) {
  refused.addSubnet(network, bits, 'ipv4')
  refused.addSubnet(`::ffff:${network}`, 96 + bits, 'ipv6')
  refused.addSubnet(`::ffff:0:${network}`, 96 + bits, 'ipv6')
}
for (const [network, bits] of refused6) refused.addSubnet(network, bits, 'ipv6')
