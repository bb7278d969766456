import { withPeer } from '../addresses.ts'
import { Dialer } from './dialer.ts'
import { isRelayed } from './path.ts'
import { Paths } from './paths.ts'
import { Upgrader } from './upgrader.ts'
import type { PathFacts } from './index.ts'
import type { UpgradeTimes } from './upgrader.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { SiteRecords } from '../../membership/index.ts'
import type { Control } from '../../protocols/control/control.ts'
import type { AddressBook } from '../address-book.ts'
import type { Node } from '../libp2p.ts'

export interface WaysComponents {
  node: Pick<Node, 'dial' | 'circuit'>
  control: Pick<Control, 'link' | 'links'>
  records: Pick<SiteRecords, 'get' | 'siteOfPeer'>
  book: Pick<AddressBook, 'of' | 'left'>
  isMember(peer: string): boolean
  clock: Clock
  random: Random
  log: Log
}

export interface Ways {
  paths: Paths
  dialer: Dialer
  upgrader: Upgrader
  /** How a site was reached lately, and why not directly */
  facts(site: SiteId): PathFacts
}

/** All that belongs to the choice of a path, put together */
export function createWays (components: WaysComponents, times?: Partial<UpgradeTimes>): Ways {
  const { node, control, records, book, isMember, clock, random, log } = components
  const paths = new Paths({ records, clock })
  const relayed = (site: SiteId): boolean => isRelayed(control.link(site)?.connection.remoteAddr.toString() ?? '')

  const dialer = new Dialer({
    node,
    paths,
    rtt: (relay) => {
      const site = records.siteOfPeer(relay)
      const link = site == null ? undefined : control.link(site)

      return link == null ? undefined : link.estimate.rtt ?? 0
    },
    isMember,
    clock
  })

  /** At which a site may be reached directly, what worked before first */
  const direct = (site: SiteId, peer: string): string[] =>
    [...new Set([...book.of(site), ...records.get(site)?.addresses ?? [], ...book.left(site)])]
      .filter(address => !isRelayed(address))
      .map(address => withPeer(address, peer))
      .filter(address => address.endsWith(`/p2p/${peer}`))

  const upgrader = new Upgrader({
    relayed: () => control.links().map(({ site }) => site).filter(relayed),
    dialled: (site) => control.link(site)?.connection.direction === 'outbound',
    addresses: (site) => {
      const peer = control.link(site)?.peerId

      return peer == null ? [] : direct(site, peer)
    },
    direct: async (site, addresses, signal) => dialer.direct(site, addresses, signal),
    clock,
    random,
    log
  }, times)

  return {
    paths,
    dialer,
    upgrader,
    facts: (site) => paths.facts(site, {
      direct: control.link(site) != null && !relayed(site),
      addresses: records.get(site)?.peers.some(peer => direct(site, peer).length > 0) ?? false
    })
  }
}
