import { canBeDialled } from './dht-servers.ts'
import { cutFrom } from './local-address.ts'
import { doubtAddress, doubtRelay } from './suspicion.ts'
import type { AddressBook } from './address-book.ts'
import type { Connector } from './connector.ts'
import type { Cutter } from './cutter.ts'
import type { DhtDirectory } from './directory.ts'
import type { Node } from './libp2p.ts'
import type { OwnRecord } from './own-record.ts'
import type { Paths } from './paths/paths.ts'
import type { Upgrader } from './paths/upgrader.ts'
import type { Reservations } from './relay/reservations.ts'
import type { SiteId } from '../core/ids.ts'
import type { Membership } from '../membership/index.ts'
import type { Control } from '../protocols/control/control.ts'
import type { Gossip } from '../protocols/control/gossip.ts'
import type { ControlLink } from '../protocols/control/link.ts'

export interface ReactionsComponents {
  membership: Pick<Membership, 'self' | 'roster' | 'records'>
  node: Pick<Node, 'services' | 'getConnections'>
  control: Pick<Control, 'link' | 'links' | 'linkDown'>
  connector: Pick<Connector, 'kick' | 'linked' | 'lost' | 'moved' | 'renewed'>
  paths: Pick<Paths, 'used' | 'lost'>
  gossip: Pick<Gossip, 'up' | 'rosterChanged' | 'recordChanged'>
  directory: Pick<DhtDirectory, 'renew'>
  reservations: Pick<Reservations, 'kick'>
  upgrader: Pick<Upgrader, 'kick'>
  book: Pick<AddressBook, 'good' | 'announced'>
  cutter: Pick<Cutter, 'review'>
  own: Pick<OwnRecord, 'publish'>
}

/** Who is told what when something happens, and in which order */
export class Reactions {
  readonly #components: ReactionsComponents
  readonly #subscriptions: Array<() => void> = []

  constructor (components: ReactionsComponents) {
    this.#components = components
  }

  start (): void {
    const { membership: { self, roster, records }, control, connector, paths, gossip, reservations, upgrader, cutter } = this.#components

    // what they name from now on may be news
    this.#components.membership.records.versions().forEach(({ site }) => { this.#named(site) })
    this.#subscriptions.push(
      // first told to all links, then acted upon: the site in question hears it too
      roster.changed.subscribe(({ entries }) => {
        try {
          gossip.rosterChanged(entries)
        } finally {
          // whatever happens to the news of it
          cutter.review()
          connector.kick()
          reservations.kick()
        }
      }),
      records.changed.subscribe(({ site, signed }) => {
        gossip.recordChanged(signed)

        if (site !== self) {
          this.#moved(site)
          this.#announceTo(control.link(site))
          connector.renewed(site)
          reservations.kick()
          upgrader.kick()
        }
      }),
      control.linkDown.subscribe((site) => {
        paths.lost(site)
        connector.lost(site)
        reservations.kick()
      })
    )
  }

  stop (): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) {
      unsubscribe()
    }
  }

  /** A link is in use, the first of its site or in place of another */
  linkUsed (link: ControlLink): void {
    const { connector, paths, gossip, reservations, upgrader, book } = this.#components
    const address = link.connection.remoteAddr.toString()

    connector.linked(link.site)
    paths.used(link.site, address)
    gossip.up(link)

    this.#announceTo(link)
    reservations.kick()
    upgrader.kick()

    if (link.connection.direction === 'outbound') {
      book.good(link.site, address)
    }
  }

  /** Who can be dialled keeps names; that it can may be known a moment after the link */
  #announceTo (link: ControlLink | undefined): void {
    const { membership: { records }, directory } = this.#components

    if (link != null && canBeDialled(records)(link.peerId)) {
      directory.renew()
    }
  }

  /** What was sent over a link is not answered */
  doubted (link: ControlLink): void {
    const { membership: { records }, control } = this.#components

    doubtRelay(link, { records, linkTo: (site) => control.link(site) })
  }

  /** Whether a site names other addresses than before */
  #named (site: SiteId): boolean {
    const { membership: { records }, book } = this.#components

    return book.announced(site, records.get(site)?.addresses ?? [])
  }

  #moved (site: SiteId): void {
    const { membership: { records }, control } = this.#components
    const link = control.link(site)

    if (this.#named(site) && link != null) {
      doubtAddress(link, records.get(site)?.addresses ?? [])
    }
  }

  /** This machine has other addresses; `gone`: those that it has no more */
  moved (gone: string[]): void {
    const { node, control, connector, own } = this.#components

    connector.moved()
    cutFrom(gone, node.getConnections())
    node.services.listeners.confirm()
    own.publish()
    control.links().forEach(link => { link.probe({ quick: true }) })
  }
}
