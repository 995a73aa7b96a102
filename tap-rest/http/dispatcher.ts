import { setFlagsFromString } from 'node:v8'
import type { Dispatcher } from 'undici'
import { SourceError } from '../../singer/index.js'
import { keepYoungGenerationSmall } from '../../singer/small-heap.js'
import type { ConnectionPlan } from '../settings/plan.js'
import { publicLookup, type Resolve } from './private-networks.js'

/** Pools of connections to each origin: direct, through `proxy`, or as the variables of the environment say. */
export async function openDispatcher(connection: ConnectionPlan, resolve: Resolve): Promise<Dispatcher> {
  keepParserSmall()
  keepYoungGenerationSmall()
  const { EnvHttpProxyAgent, ProxyAgent } = await import('undici')
  const { timeoutMs, proxy, tls, blockPrivateNetworks } = connection
  const connect = { timeout: timeoutMs.connect, ...tls }
  const options = {
    connect: { ...connect, ...(blockPrivateNetworks && { lookup: publicLookup(resolve) }) },
    requestTls: connect,
    proxyTls: { timeout: timeoutMs.connect, ...(tls.ca !== undefined && { ca: tls.ca }) },
    // Plain http goes through a proxy as RFC 9112 has it, since many refuse CONNECT to other ports than 443.
    proxyTunnel: false,
  }
  try {
    return proxy === undefined ? new EnvHttpProxyAgent(options) : new ProxyAgent({ ...options, uri: proxy })
  } catch (cause) {
    const advice = 'check proxy, or http_proxy and https_proxy of the environment'
    throw new SourceError(`the proxy is no URL such as http://host:3128; ${advice}`, { cause })
  }
}

/** Measured on Node 20: to optimize undici's parser, which is WebAssembly, takes 30 MB for a moment, and no run is faster. */
function keepParserSmall(): void {
  setFlagsFromString('--liftoff-only')
}
