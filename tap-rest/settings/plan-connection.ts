import { versionOfPackage } from '../../singer/about.js'
import { ConfigError } from '../../singer/index.js'
import { readText } from '../../singer/json-file.js'
import type { ConnectionPlan } from './plan.js'
import { baseUrlOf } from './plan-url.js'
import { type Planning, textAt } from './planning.js'

/** What holds for all streams. Its `secrets` go on to grow while the streams are read. */
export function connectionPlan(planning: Planning, secrets: readonly string[]): ConnectionPlan {
  const { config, problems } = planning
  const { timeout, token_store: tokenStore } = config
  const base = textAt(planning, 'base_url', config.base_url)
  const proxy = proxyOf(planning)
  return {
    baseUrl: (base !== undefined && problems.attempt('base_url', () => baseUrlOf(base))) || 'https://unknown.invalid',
    allowHosts: allowedHosts(planning),
    blockPrivateNetworks: config.block_private_networks,
    timeoutMs: {
      connect: (timeout?.connect ?? 10) * 1000,
      headers: (timeout?.headers ?? 30) * 1000,
      bodyIdle: (timeout?.body_idle ?? 60) * 1000,
    },
    maxResponseBytes: config.max_response_bytes,
    userAgent:
      (config.user_agent && textAt(planning, 'user_agent', config.user_agent)) ?? `tap-rest/${versionOfPackage()}`,
    ...(proxy !== undefined && { proxy }),
    tls: tlsOf(planning),
    ...(tokenStore !== undefined && { tokenStore: textAt(planning, 'token_store', tokenStore) ?? '' }),
    secrets,
  }
}

function allowedHosts(planning: Planning): string[] {
  const given = planning.config.allow_hosts ?? []
  return given.flatMap((entry, index) => {
    const place = `allow_hosts.${index}`
    const text = textAt(planning, place, entry) ?? ''
    const spelled = text.includes('://') ? text : `https://${text}`
    const url = URL.canParse(spelled) ? new URL(spelled) : undefined
    const isHost = url && /^https?:$/.test(url.protocol) && `${url.pathname}${url.search}${url.username}` === '/'
    if (!isHost)
      planning.problems.add(place, 'must be a host, host:port, or an origin such as https://files.example.com')
    return [text]
  })
}

function proxyOf(planning: Planning): string | undefined {
  const { proxy } = planning.config
  const text = proxy === undefined ? undefined : textAt(planning, 'proxy', proxy)
  if (text === undefined || text === '') return undefined
  if (!URL.canParse(text)) {
    planning.problems.add('proxy', 'must be a URL')
    return undefined
  }
  const { username, password } = new URL(text)
  for (const part of [password, decodeURIComponent(password), `${username}:${password}`]) {
    if (password !== '') planning.secrets.add(part)
  }
  return text
}

function tlsOf(planning: Planning): ConnectionPlan['tls'] {
  const entries = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const value = planning.config[name]
    const text = value === undefined ? undefined : textAt(planning, name, value, name === 'key')
    const pem = text === undefined ? undefined : planning.problems.attempt(name, () => pemText(text))
    if (pem !== undefined && name === 'key') planning.secrets.add(pem)
    return pem === undefined ? [] : [[name, pem] as const]
  })
  return Object.fromEntries(entries)
}

/** PEM text, or the content of its file. Variables of the environment often hold `\n` in place of line feeds. */
export function pemText(value: string): string {
  if (value.includes('-----BEGIN')) return value.replaceAll('\\n', '\n')
  try {
    return readText(value, 'certificate or key')
  } catch {
    throw new ConfigError('must be PEM text, or the path of a file that can be read')
  }
}
