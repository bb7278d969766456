import { daemon } from '../../operator.ts'
import { bytes, table, time } from '../../table.ts'
import type { PathChange, PeerStatus, WhyNotDirect } from '../../../network/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const peers = await daemon(input).peers()
  const history = input.options.history === true

  io.result(peers, peers.length === 0 ? 'no links to other sites' : history ? changes(peers) : links(peers))

  return 0
}

function links (peers: PeerStatus[]): string {
  return table(
    ['SITE', 'PATH', 'ADDRESS', 'RTT P50/P95', 'SINCE', 'IN', 'OUT', 'QUEUE', 'WHY NOT DIRECT'],
    peers.map(peer => [
      peer.site,
      way(peer),
      peer.address,
      peer.rtt == null ? undefined : `${peer.rtt.toFixed(1)}/${(peer.rttP95 ?? peer.rtt).toFixed(1)} ms`,
      time(peer.since),
      bytes(peer.bytesIn),
      bytes(peer.bytesOut),
      peer.queue,
      why(peer.whyNotDirect)
    ])
  )
}

function changes (peers: PeerStatus[]): string {
  return table(
    ['SITE', 'AT', 'PATH'],
    peers.flatMap(({ site, history = [] }) => history.map(change => [site, time(change.at), change.path === 'none' ? 'no link' : way(change)]))
  )
}

function way ({ path, via }: Pick<PathChange, 'path' | 'via'>): string {
  return via == null ? path : `${path} via ${via}`
}

function why (reason: WhyNotDirect | undefined): string | undefined {
  return reason == null ? undefined : reason.at == null ? reason.reason : `${reason.reason}, ${time(reason.at)}`
}
