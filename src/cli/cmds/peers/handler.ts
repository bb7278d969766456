import { daemon } from '../../operator.ts'
import { bytes, table, time } from '../../table.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const peers = await daemon(input).peers()

  io.result(peers, peers.length === 0
    ? 'no links to other sites'
    : table(
      ['SITE', 'PATH', 'ADDRESS', 'RTT', 'SINCE', 'IN', 'OUT', 'QUEUE'],
      peers.map(peer => [
        peer.site,
        peer.via == null ? peer.path : `${peer.path} via ${peer.via}`,
        peer.address,
        peer.rtt == null ? undefined : `${peer.rtt.toFixed(1)} ms`,
        time(peer.since),
        bytes(peer.bytesIn),
        bytes(peer.bytesOut),
        peer.queue
      ])
    ))

  return 0
}
