import { names } from './address-book.ts'
import { isRelayed, relayIn } from './paths/path.ts'
import type { SiteId } from '../core/ids.ts'
import type { SiteRecords } from '../membership/index.ts'
import type { ControlLink } from '../protocols/control/link.ts'

export interface SuspicionComponents {
  records: Pick<SiteRecords, 'siteOfPeer'>
  linkTo(site: SiteId): ControlLink | undefined
}

/** A link through a relay is not answered: mostly it is the relay that stands still, and all that it carries with it */
export function doubtRelay (link: ControlLink, { records, linkTo }: SuspicionComponents): void {
  const relay = relayIn(link.connection.remoteAddr.toString())
  const site = relay == null ? undefined : records.siteOfPeer(relay)

  if (site != null) {
    linkTo(site)?.probe()
  }
}

/** A site names other addresses than before: a link that was dialled at one that is gone may lead nowhere */
export function doubtAddress (link: ControlLink, addresses: string[]): void {
  const address = link.connection.remoteAddr.toString()

  if (link.connection.direction === 'outbound' && !isRelayed(address) && !names(addresses, address)) {
    link.probe({ quick: true })
  }
}
