export type Flavor = 'mysql' | 'mariadb'

export interface ServerVersion {
  readonly flavor: Flavor
  /** `9.7.4`, `10.11.19` */
  readonly version: string
  /** This tap is made for versions from here on. */
  readonly oldest: string
  readonly isOlder: boolean
}

const oldest = { mysql: '8.0', mariadb: '10.6' } as const

/** Of what VERSION() answers. */
export function serverVersion(text: string): ServerVersion {
  const flavor = /mariadb/i.test(text) ? 'mariadb' : 'mysql'
  const version = /^[\d.]*\d/.exec(text)?.[0] ?? text
  return { flavor, version, oldest: oldest[flavor], isOlder: isOlder(version, oldest[flavor]) }
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldMajor = 0, oldMinor = 0] = than.split('.').map(Number)
  return major < oldMajor || (major === oldMajor && minor < oldMinor)
}
