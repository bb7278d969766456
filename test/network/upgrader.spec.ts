import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { Upgrader } from '../../src/network/paths/upgrader.ts'
import { SeededRandom } from '../simulation/kit/seeded-random.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'
import type { Connection } from '@libp2p/interface'

const SITE = 'relay.study.example'

describe('the way to a site that is linked through a relay', () => {
  /** Seconds at which a direct way was tried within a minute */
  async function attempts (dialled: boolean): Promise<number[]> {
    const clock = new VirtualClock()
    const began = clock.monotonic()
    const tried: number[] = []
    const upgrader = new Upgrader({
      relayed: () => [SITE],
      dialled: () => dialled,
      addresses: () => ['/ip4/192.0.2.1/tcp/8091'],
      direct: async (): Promise<Connection> => {
        tried.push((clock.monotonic() - began) / 1_000)
        throw new Error('refused')
      },
      clock,
      random: new SeededRandom(5),
      log: silentLog
    })

    upgrader.start()
    await clock.advance(60_000)
    upgrader.stop()

    return tried
  }

  it('is tried directly at once when the other side dialled: its addresses were not tried yet', async () => {
    const [first, second] = await attempts(false)
    expect(first).to.be.within(0.5, 2)
    expect(second - first).to.be.within(15, 22)
  })

  it('is tried later when it was dialled here, directly too', async () => {
    expect((await attempts(true))[0]).to.be.within(7, 12)
  })
})
