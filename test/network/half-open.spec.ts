import { expect } from 'aegir/chai'
import { CONTROL_TIMES } from '../../src/protocols/control/constants.ts'
import { Blackhole } from './helpers/blackhole.ts'
import { dialing, listening, TestNetwork, until } from './helpers/sites.ts'

/** As the daemon's, ten times as fast */
const times = { ping: CONTROL_TIMES.ping / 10, silence: CONTROL_TIMES.silence / 10 }

describe('a half-open connection', () => {
  it('is noticed within the time that the defaults promise, at both ends, and the link comes back', async () => {
    // 25 s of silence, and looking twice a ping interval: within 30 s
    expect(CONTROL_TIMES.silence + CONTROL_TIMES.ping / 2).to.be.at.most(30_000)

    const { proxy, target } = await Blackhole.open()
    const network = await TestNetwork.found({
      init: { times },
      config: listening({ listen: [`/ip4/127.0.0.1/tcp/${target}`], announce: [`/ip4/127.0.0.1/tcp/${proxy.port}`] })
    })

    try {
      const { founder } = network
      const site = await network.join('site', { init: { times }, config: dialing() })
      await until(() => founder.network.links.isUp(site.id) && site.network.links.isUp(founder.id), 'linked through the proxy')
      expect(site.network.peers()[0].address).to.include(`/tcp/${proxy.port}`)

      // an idle link stays
      await new Promise(resolve => { setTimeout(resolve, times.silence + 1_000) })
      expect(founder.network.links.isUp(site.id)).to.equal(true)

      proxy.swallow()
      const begin = Date.now()
      await until(() => !founder.network.links.isUp(site.id) && !site.network.links.isUp(founder.id), 'both notice', 5_000)
      expect(Date.now() - begin).to.be.lessThan(3_100)
      await until(() => founder.network.node.getConnections().length === 0, 'the connection is gone')

      proxy.restore()
      await until(() => founder.network.links.isUp(site.id) && site.network.links.isUp(founder.id), 'linked again', 20_000)
    } finally {
      await network.stop()
      await proxy.close()
    }
  })
})
