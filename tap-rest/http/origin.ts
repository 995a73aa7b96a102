import { SourceError } from '../../singer/index.js'
import type { ConnectionPlan } from '../settings/plan.js'

/**
 * Requests, links and redirects go to the scheme, host and port of `base_url` and to `allow_hosts`; never from https to
 * http. Call it before anything is sent.
 * @throws SourceError that names the origin alone: the rest of such a URL is somebody else's text.
 */
export function assertAllowed(url: URL, connection: Pick<ConnectionPlan, 'baseUrl' | 'allowHosts'>): void {
  const base = new URL(connection.baseUrl)
  if (url.origin === base.origin && isHttp(url)) return
  if (!isHttp(url)) throw new SourceError(`${url.protocol} is not followed: only http and https`)
  if (base.protocol === 'https:' && url.protocol === 'http:') {
    throw new SourceError(`${url.origin} is not followed: base_url is https, and this would send in the clear`)
  }
  if (!connection.allowHosts.some((entry) => isMeant(url, entry))) {
    throw new SourceError(
      `${url.origin} is not followed, nothing was sent there: it is not ${base.origin}; add it to allow_hosts if it is yours`,
    )
  }
}

function isHttp(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:'
}

/** An origin means itself, `host:port` both schemes, a host alone its default ports. */
function isMeant(url: URL, entry: string): boolean {
  if (entry.includes('://')) return URL.canParse(entry) && new URL(entry).origin === url.origin
  const spelled = `${url.protocol}//${entry}`
  return URL.canParse(spelled) && new URL(spelled).origin === url.origin
}
