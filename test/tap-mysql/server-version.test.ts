import { expect } from 'chai'
import { serverVersion } from '../../tap-mysql/server-version.js'

// biome-ignore format: one fact a line
const facts: readonly (readonly [text: string, flavor: string, version: string, isOlder: boolean])[] = [
  ['9.7.4', 'mysql', '9.7.4', false],
  ['8.4.3-commercial', 'mysql', '8.4.3', false],
  ['8.0.36-28', 'mysql', '8.0.36', false],
  ['8.0.mysql_aurora.3.04.0', 'mysql', '8.0', false],
  ['5.7.44-log', 'mysql', '5.7.44', true],
  ['10.6.0-MariaDB', 'mariadb', '10.6.0', false],
  ['10.11.19-MariaDB-0+deb12u1-log', 'mariadb', '10.11.19', false],
  ['11.4.2-MariaDB-ubu2404', 'mariadb', '11.4.2', false],
  ['10.5.27-MariaDB', 'mariadb', '10.5.27', true],
]

describe('server versions', () => {
  for (const [text, flavor, version, isOlder] of facts) {
    it(`${text} is ${flavor} ${version}${isOlder ? ', too old' : ''}`, () => {
      expect(serverVersion(text)).to.include({ flavor, version, isOlder })
    })
  }
})
