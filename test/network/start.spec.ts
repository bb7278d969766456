import { createServer } from 'node:net'
import { expect } from 'aegir/chai'
import { dialable } from '../../src/network/addresses.ts'
import { reachOf } from '../../src/network/reach.ts'
import { listening, TestNetwork, until } from './helpers/sites.ts'
import type { AddressInfo } from 'node:net'

describe('start of the network', () => {
  it('fails with the address when a configured port is in use, and leaves nothing behind', async () => {
    const server = createServer()
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    const { port } = server.address() as AddressInfo

    try {
      await expect(TestNetwork.found({ config: listening({ listen: ['/ip4/127.0.0.1/tcp/0', `/ip4/127.0.0.1/tcp/${port}`] }) }))
        .to.eventually.be.rejected.with.property('message').that.matches(new RegExp(`cannot listen on /ip4/127.0.0.1/tcp/${port}:`))
    } finally {
      server.close()
    }
  })

  it('listens on TCP and WebSocket, and a link comes up over either', async () => {
    const network = await TestNetwork.found({ config: listening({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] }) })

    try {
      expect(network.founder.network.addresses()[0]).to.include('/ws/p2p/')
      const site = await network.join('site')
      await until(() => site.network.links.isUp(network.founder.id), 'linked')
    } finally {
      await network.stop()
    }
  })

  it('judges from the configuration whether a site can be reached, relays and serves the DHT', () => {
    const reach = (listen: string[], announce: string[] = [], reachable: 'auto' | 'yes' | 'no' = 'auto'): unknown => reachOf({
      network: { listen, announce, reachable, maxLinks: 1 },
      relay: { enabled: 'auto' },
      dht: { mode: 'auto' }
    })
    const yes = { reachable: true, relay: true, dhtServer: true }
    const no = { reachable: false, relay: false, dhtServer: false }
    expect(reach(['/ip4/0.0.0.0/tcp/8091'])).to.deep.equal(yes)
    expect(reach(['/ip4/127.0.0.1/tcp/8091'])).to.deep.equal(no)
    expect(reach(['/ip6/::1/tcp/8091'])).to.deep.equal(no)
    expect(reach(['/ip4/127.0.0.1/tcp/8091'], ['/dns4/beam.example/tcp/8091'])).to.deep.equal(yes)
    expect(reach(['/ip4/127.0.0.1/tcp/8091'], [], 'yes')).to.deep.equal(yes)
    expect(reach(['/ip4/10.0.0.1/tcp/8091'], [], 'no')).to.deep.equal(no)
    expect(reach([])).to.deep.equal(no)
  })

  it('tells others no loopback address when there is a better one, direct ones first, and never the placeholder', () => {
    expect(dialable(['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/2/p2p/R/p2p-circuit', '/ip4/10.0.0.1/tcp/1', '/memory/no-listener/p2p/A']))
      .to.deep.equal(['/ip4/10.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/2/p2p/R/p2p-circuit'])
    expect(dialable(['/ip4/127.0.0.1/tcp/1', '/memory/no-listener/p2p/A'])).to.deep.equal(['/ip4/127.0.0.1/tcp/1'])
  })
})
