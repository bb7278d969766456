import { expect } from 'aegir/chai'
import { dialing, TestNetwork, until } from './helpers/sites.ts'
import type { Frame } from '../../src/protocols/control/pb/control.ts'

describe('sites without a listener', () => {
  let network: TestNetwork

  beforeEach(async () => {
    network = await TestNetwork.found()
  })

  afterEach(async () => {
    await network.stop()
  })

  it('start without a relay, and reach each other through a member that relays', async () => {
    const { founder } = network
    const left = await network.join('left', { config: dialing() })
    const right = await network.join('right', { config: dialing() })
    await until(() => left.network.links.isUp(right.id) && right.network.links.isUp(left.id), 'they are linked', 20_000)
    const status = left.network.peers().find(({ site }) => site === right.id)
    expect(status).to.include({ path: 'relay', via: founder.id })

    const arrived = new Promise<void>((resolve) => {
      right.network.links.frames.subscribe(({ site, done }) => {
        done()

        if (site === left.id) {
          resolve()
        }
      })
    })
    expect(left.network.links.send(right.id, { envelope: new Uint8Array(100_000) } as Partial<Frame>)).to.equal(true)
    await arrived

    // bulk goes the same way when there is no other
    const size = new Promise<number>((resolve, reject) => {
      right.network.links.handleBulk(async (_, channel) => {
        try {
          let bytes = 0
          for (let message = await channel.read(); message != null; message = await channel.read()) {
            bytes += message.byteLength
          }
          resolve(bytes)
        } catch (error) {
          reject(error)
        }
      })
    })
    const channel = await left.network.links.openBulk(right.id, AbortSignal.timeout(10_000))

    for (let at = 0; at < 40; at++) {
      await channel.write(new Uint8Array(262_144))
    }

    await channel.close()
    expect(await size).to.equal(40 * 262_144)
  })

  it('come back through the relay after it was restarted', async () => {
    const { founder } = network
    const port = /\/tcp\/(\d+)/.exec(founder.network.addresses()[0])?.[1]
    const left = await network.join('left', { config: dialing() })
    const right = await network.join('right', { config: dialing() })
    const linked = (): boolean => left.network.links.isUp(right.id) && right.network.links.isUp(left.id)
    await until(linked, 'they are linked', 20_000)

    await founder.stop()
    await until(() => !left.network.links.isUp(right.id) && !right.network.links.isUp(left.id), 'down', 10_000)
    founder.config.network.listen = [`/ip4/127.0.0.1/tcp/${port}`]
    await founder.start()
    await until(() => left.network.links.isUp(founder.id) && right.network.links.isUp(founder.id), 'the relay is linked', 20_000)
    await until(linked, 'they are linked again', 40_000)
  })
})
