import { until } from '../../network/helpers/sites.ts'
import { Fleet } from '../kit/fleet.ts'
import { wire } from './wire.ts'
import type { Wire } from './wire.ts'

const TIMES = 20

/** What one end sends while a connection between two members is opened, used for a link, and cut */
export async function measureDial (): Promise<Wire> {
  const fleet = await Fleet.start({ servers: 2, clients: 0 })

  try {
    const [{ site: one }, { site: two }] = fleet.servers
    const linked = (): boolean => one.network.links.isUp(two.id) && two.network.links.isUp(one.id)
    await until(linked, 'linked')
    const before = wire()

    for (let i = 0; i < TIMES; i++) {
      one.network.node.getConnections().forEach(connection => { connection.abort(new Error('once more')) })
      await until(() => !linked(), 'cut')
      await until(linked, 'linked again', 30_000)
    }

    const { packets, bytes } = wire()

    return { packets: (packets - before.packets) / TIMES / 2, bytes: (bytes - before.bytes) / TIMES / 2 }
  } finally {
    await fleet.stop()
  }
}
