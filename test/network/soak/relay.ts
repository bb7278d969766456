/** The relay of the soak, in a process of its own: tells its memory ten times a second */
import { relayNode } from '../helpers/relayed.ts'

const { node, server } = await relayNode()
const tell = (message: object): void => { process.send?.(message) }

setInterval(() => {
  const { user, system } = process.cpuUsage()
  const { held, bytes } = server.use
  tell({ rss: process.memoryUsage.rss(), held, bytes, cpu: (user + system) / 1e6 })
}, 100)
process.on('disconnect', () => { process.exit() })
tell({ address: node.getMultiaddrs()[0].toString() })
