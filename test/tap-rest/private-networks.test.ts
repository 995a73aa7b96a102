import { type AddressInfo, connect as connectSocket, createServer, type TcpNetConnectOpts } from 'node:net'
import { expect } from 'chai'
import { type Address, isPrivate, publicLookup, type Resolve } from '../../tap-rest/http/private-networks.js'
import { openTransport } from '../../tap-rest/http/transport.js'
import { connectionTo, get, type Respond, send, serve, type TestServer, testContext } from './sending.js'

describe('tap-rest block_private_networks', () => {
  const addresses: Readonly<Record<string, readonly string[]>> = {
    'this network': ['0.0.0.0', '0.1.2.3'],
    private: ['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
    'shared (carriers, some clouds)': ['100.64.0.0', '100.100.100.200', '100.127.255.255'],
    loopback: ['127.0.0.1', '127.255.255.255', '::1'],
    'link-local and metadata': ['169.254.0.1', '169.254.169.254', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
    'of clouds': ['168.63.129.16', 'fd00:ec2::254'],
    'unique-local': ['fc00::1', 'fdff::1'],
    'site-local': ['fec0::1'],
    multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
    reserved: ['192.0.0.1', '192.88.99.1', '198.18.0.1', '198.19.255.255', '240.0.0.1', '255.255.255.255'],
    documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
    unspecified: ['::'],
    'IPv4 in IPv6': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::FFFF:a9fe:a9fe', '::127.0.0.1'],
    'translated IPv4': ['64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '::ffff:0:10.0.0.1'],
    'tunnelled IPv4': ['2002:7f00:1::', '2001:0:4136:e378::1'],
    'other special ones': ['100::1', '5f00::1', '2001:2::1'],
  }
  for (const [title, list] of Object.entries(addresses)) {
    for (const address of list) {
      it(`${address} is refused (${title})`, () => {
        expect(isPrivate(address)).to.equal(true)
      })
    }
  }

  const open = ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0']
  const more = ['169.253.255.255', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '198.20.0.0']
  const six = ['223.255.255.255', '2606:4700::1111', '2a00:1450::1', '2001:4860:4860::8888', '::ffff:1.1.1.1']
  for (const address of [...open, ...more, ...six]) {
    it(`${address} is public`, () => {
      expect(isPrivate(address)).to.equal(false)
    })
  }

  describe('with a server on loopback', () => {
    let server: TestServer
    let respond: Respond
    beforeEach(async () => {
      respond = (_, response) => response.end('[]')
      server = await serve((...request) => respond(...request))
    })
    afterEach(() => server.close())

    const hosts = [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.1',
      '[::ffff:127.0.0.1]',
      '127.0.0.1.',
      '0',
    ]
    for (const host of hosts) {
      it(`http://${host} is refused once, nothing is sent`, async () => {
        const { failure } = await send(get(`http://${host}:${server.port}`), {
          connection: { blockPrivateNetworks: true },
        })
        expect(failure?.message).to.match(
          /^issues: GET .* is .*, which is not a public address: nothing was sent there, since block_private_networks is true$/,
        )
        expect(server.requests).to.deep.equal([])
      })
    }

    it('is off by default', async () => {
      expect((await send(get(server.url))).failure).to.equal(undefined)
    })

    const answers: readonly (readonly [title: string, addresses: readonly string[]])[] = [
      ['a private address', ['10.0.0.1']],
      ['loopback', ['127.0.0.1']],
      ['a public and a private address', ['1.1.1.1', '127.0.0.1']],
      ['loopback in the disguise of IPv6', ['::ffff:7f00:1']],
      ['nothing', []],
    ]
    for (const [title, found] of answers) {
      it(`a name that means ${title} is refused`, async () => {
        const problem = await sendTo('api.example.com', async () => found.map(addressOf))
        expect(String(problem)).to.match(/api\.example\.com (is \S+, which is not a public|has no) address/)
        expect(server.requests).to.deep.equal([])
      })
    }

    it('a name is looked up once per connection, so that it cannot mean something else after the check', async () => {
      const asked: string[] = []
      const resolve: Resolve = async (hostname) => {
        asked.push(hostname)
        return [addressOf(asked.length === 1 ? '192.0.2.1' : '127.0.0.1')]
      }
      await sendTo('api.example.com', resolve)
      expect(asked).to.deep.equal(['api.example.com'])
    })

    for (const family of ['one address', 'all addresses'] as const) {
      it(`connects to the address that was checked, whatever the name means a moment later (${family})`, async () => {
        const checked = await listen('127.0.0.2')
        const rebound = await listen('127.0.0.3', checked.port)
        const asked: string[] = []
        const resolve: Resolve = async (hostname) => [addressOf(asked.push(hostname) === 1 ? '127.0.0.2' : '127.0.0.3')]
        const lookup = publicLookup(resolve, (address) => address === '127.0.0.3')
        const open = () =>
          connectTo({ host: 'api.invalid', port: checked.port, lookup, autoSelectFamily: family !== 'one address' })
        expect(await open()).to.equal('127.0.0.2')
        expect(asked).to.deep.equal(['api.invalid'])
        expect(await open()).to.match(/api.invalid is 127.0.0.3, which is not a public address/)
        expect([checked.count(), rebound.count()]).to.deep.equal([1, 0])
        checked.close()
        rebound.close()
      })
    }

    async function sendTo(hostname: string, resolve: Resolve): Promise<unknown> {
      const url = `http://${hostname}:${server.port}`
      const connection = connectionTo(url, { blockPrivateNetworks: true })
      const transport = openTransport(connection, testContext(), resolve)
      try {
        return await transport.send(get(url)).catch((problem: unknown) => problem)
      } finally {
        await transport.close()
      }
    }
  })
})

function addressOf(address: string): Address {
  return { address, family: address.includes(':') ? 6 : 4 }
}

/** Counts those who connect, tells them its address, and closes. */
async function listen(address: string, port = 0) {
  let count = 0
  const server = createServer((socket) => {
    count++
    socket.end(address)
  })
  await new Promise<void>((resolve) => server.listen(port, address, resolve))
  return { port: (server.address() as AddressInfo).port, count: () => count, close: () => server.close() }
}

/** What the other end says, or why there is none. */
function connectTo(options: TcpNetConnectOpts): Promise<string> {
  return new Promise((resolve) => {
    connectSocket(options)
      .on('data', (said) => resolve(said.toString()))
      .on('error', (problem) => resolve(problem.message))
  })
}
