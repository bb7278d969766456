import type { PeerStatus } from './index.ts'
import type { SiteRecords } from '../membership/index.ts'
import type { Bulk } from '../protocols/bulk/bulk.ts'
import type { ControlLink } from '../protocols/control/link.ts'

/** A link as an operator sees it */
export function peerStatus (link: ControlLink, { records, bulk }: { records: Pick<SiteRecords, 'siteOfPeer'>, bulk: Bulk }): PeerStatus {
  const address = link.connection.remoteAddr.toString()
  const relay = /\/p2p\/([^/]+)\/p2p-circuit/.exec(address)?.[1]
  const large = bulk.bytes(link.site)
  const { rtt, rttP95 } = link.estimate

  return {
    site: link.site,
    peerId: link.peerId,
    path: address.includes('/p2p-circuit') ? 'relay' : 'direct',
    ...(relay == null ? {} : { via: records.siteOfPeer(relay) ?? relay }),
    address,
    direction: link.connection.direction,
    ...(rtt == null ? {} : { rtt }),
    ...(rttP95 == null ? {} : { rttP95 }),
    since: link.since,
    bytesIn: link.bytesIn + large.in,
    bytesOut: link.bytesOut + large.out,
    queue: link.queue,
    clockOffset: link.estimate.offset ?? 0
  }
}
