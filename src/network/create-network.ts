import { Bulk } from '../protocols/bulk/bulk.ts'
import { BULK_PROTOCOL, MAX_BULK_CHANNELS } from '../protocols/bulk/constants.ts'
import { CONTROL_PROTOCOL, MAX_CONTROL_STREAMS } from '../protocols/control/constants.ts'
import { Control } from '../protocols/control/control.ts'
import { Gossip } from '../protocols/control/gossip.ts'
import { ENROLL_PROTOCOL } from '../protocols/enroll/constants.ts'
import { EnrollServer } from '../protocols/enroll/server.ts'
import { MAILBOX_PROTOCOL, MAX_MAIL_STREAMS } from '../protocols/mailbox/constants.ts'
import { MailboxStreams } from '../protocols/mailbox/streams.ts'
import { SYNC_PROTOCOL } from '../protocols/sync/constants.ts'
import { RosterSync } from '../protocols/sync/sync.ts'
import { AddressBook } from './address-book.ts'
import { dialable, withPeer } from './addresses.ts'
import { Admission } from './admission.ts'
import { Connector } from './connector.ts'
import { CUT_FLUSH, MAX_PER_MEMBER } from './constants.ts'
import { DhtDirectory } from './directory.ts'
import { createGater } from './gater.ts'
import { headsComparison } from './heads.ts'
import { Housekeeping } from './housekeeping.ts'
import { createNode } from './libp2p.ts'
import { mayJoin } from './may-join.ts'
import { Moves } from './moves.ts'
import { Observed } from './paths/observed.ts'
import { isRelayed } from './paths/path.ts'
import { createWays } from './paths/ways.ts'
import { peerStatus } from './peers.ts'
import { Prober } from './probe.ts'
import { createOutbound } from './proxy/create-outbound.ts'
import { Publisher } from './publisher.ts'
import { Quarantine } from './quarantine.ts'
import { reachOf } from './reach.ts'
import { Reservations } from './relay/reservations.ts'
import type { Links, Network } from './index.ts'
import type { Node } from './libp2p.ts'
import type { UpgradeTimes } from './paths/upgrader.ts'
import type { QuarantineInit } from './quarantine.ts'
import type { Config } from '../config/index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Membership } from '../membership/index.ts'
import type { ControlTimes } from '../protocols/control/constants.ts'
import type { Store } from '../store/index.ts'
import type { Connection, PeerId, PrivateKey } from '@libp2p/interface'

export interface NetworkComponents {
  membership: Membership & { peerKey: PrivateKey }
  store: Pick<Store, 'listAddresses' | 'putAddress'> & Partial<Pick<Store, 'incarnation'>>
  config: Pick<Config, 'network' | 'relay' | 'dht'>
  /** What the own site record says of mailboxes. @default [] */
  mailboxes?: SiteId[]
  clock: Clock
  random: Random
  log: Log
}

/** For tests: the defaults are those of the daemon */
export interface NetworkInit {
  times?: Partial<ControlTimes>
  quarantine?: QuarantineInit
  agent?: string
  upgrade?: Partial<UpgradeTimes>
  /** How often a renewed certificate for wss is looked for, ms */
  certificateEvery?: number
}

/** A network whose libp2p node can be seen, for tests */
export interface Libp2pNetwork extends Network {
  readonly node: Node
}

/** Puts the network together: nothing is connected before `start` */
export async function createNetwork (components: NetworkComponents, init: NetworkInit = {}): Promise<Libp2pNetwork> {
  const { membership, store, config, clock, random } = components
  const { roster, records, self } = membership
  const log = components.log.child({ component: 'network' })
  const reach = reachOf(config)
  const outbound = createOutbound(components)
  const isMember = (peer: string): boolean => records.siteOfPeer(peer) != null
  const quarantine = new Quarantine({ isMember, clock, log }, init.quarantine)
  // the limit for all connections is one for all members together
  const crowded = (peer: PeerId, but?: Connection): boolean =>
    isMember(peer.toString()) && node.getConnections(peer).filter(connection => connection !== but).length >= MAX_PER_MEMBER
  const node: Node = await createNode({ privateKey: membership.peerKey, genesis: roster.genesis, config, reach, gater: createGater(isMember, () => quarantine, peer => crowded(peer)), isMember, outbound, certificateEvery: init.certificateEvery, relay: { siteOf: (peer) => records.siteOfPeer(peer), newcomer: mayJoin(roster, clock), clock, log } })
  const peerId = node.peerId.toString()

  const sync = new RosterSync({
    membership,
    peerId,
    clock,
    log,
    onResult: (connection, result) => { admission.finished(connection, result) },
    onFailure: (connection, error) => { admission.failed(connection, error) }
  })
  const control: Control = new Control({
    membership,
    incarnation: store.incarnation,
    peerId,
    clock,
    random,
    log,
    onNews: async (link, frame) => gossip.take(link, frame),
    onUse: (link) => {
      connector.linked(link.site)
      paths.used(link.site, link.connection.remoteAddr.toString())
      gossip.up(link)
      directory.renew()
      reservations.kick()
      upgrader.kick()

      if (link.connection.direction === 'outbound') {
        book.good(link.site, link.connection.remoteAddr.toString())
      }
    },
    onSpare: () => { connector.kick() }
  }, { times: init.times, agent: init.agent, pace: () => outbound.pace() })
  const gossip: Gossip = new Gossip({
    membership,
    clock,
    log,
    links: () => control.links(),
    resync: async (link) => { await sync.begin(link.connection) }
  })
  const admission: Admission = new Admission({ sync, control, quarantine, identify: node.services.identify, isMember, onObserved: (connection, address) => { noteObserved(connection, address) }, log })
  membership.authority?.compareHeadsBy?.(headsComparison({ sync, control, clock }))
  const enroll = new EnrollServer({ authority: membership.authority, peerId, clock, log })
  const bulk = new Bulk({ membership, log, connection: (site) => control.link(site)?.connection })
  const mail = new MailboxStreams({ membership, log, connection: (site) => control.link(site)?.connection })
  const directory: DhtDirectory = new DhtDirectory({ dht: node.services.dht, membership, clock, log, hasLinks: () => control.links().length > 0 })
  const book = new AddressBook({ store, clock, log })
  const { paths, dialer, upgrader, facts: pathTo } = createWays({ node, control, records, book, isMember, clock, random, log }, init.upgrade)
  const connector: Connector = new Connector({
    node,
    dialer,
    membership,
    admission,
    quarantine,
    book,
    isUp: (site) => control.link(site) != null,
    count: () => control.links().length,
    clock,
    random,
    log
  }, config.network.maxLinks)

  const publisher = new Publisher({ clock, publish: () => { publish() } })
  const reservations: Reservations = new Reservations({
    membership,
    peerId,
    linkTo: (site) => {
      const link = control.link(site)

      return link == null || isRelayed(link.connection.remoteAddr.toString()) ? undefined : { connection: link.connection, rtt: link.estimate.rtt }
    },
    want: (site) => { connector.want(site) },
    onChange: (relayed) => {
      node.circuit.setAddresses(relayed)
      publisher.changed(relayed)
    },
    clock,
    random,
    log
  })

  const prober = new Prober({ node, dialer, records, admission, linkTo: (site) => control.link(site)?.connection.remoteAddr.toString(), clock, log })

  const cuts = new Map<Connection, Timer>()

  const cut = (connection: Connection): void => {
    if (!cuts.has(connection)) {
      cuts.set(connection, clock.setTimeout(() => {
        cuts.delete(connection)
        connection.abort(new Error('not a member'))
      }, CUT_FLUSH))
    }
  }

  /** Connections of whoever is no member any more end now */
  const review = (): void => {
    for (const connection of node.getConnections()) {
      const peer = connection.remotePeer.toString()

      if (!isMember(peer) && !quarantine.has(connection)) {
        log.info({ peer, address: connection.remoteAddr.toString() }, 'a peer is no member any more: its connection is cut')
        cut(connection)
      }
    }

    for (const { site } of control.links()) {
      if (roster.standing(site) !== 'member') {
        control.cut(site, `${site} is no member any more (${roster.standing(site)})`)
      }
    }
  }

  const housekeeping = new Housekeeping({
    connections: () => node.getConnections(),
    quarantine,
    isMember,
    carriesLink: (connection) => control.links().some(link => link.connection === connection),
    clock,
    log,
    review
  })

  let running = false

  const observed = new Observed(() => node.services.listeners.bound())
  const guessing = !reach.reachable && config.network.listen.length > 0 && config.network.announce.length === 0
  const addresses = (): string[] => dialable([...node.getMultiaddrs().map(String), ...guessing ? observed.addresses.map(address => withPeer(address, peerId)) : [], ...reservations.addresses])

  const noteObserved = (connection: Connection, address: string): void => {
    const site = records.siteOfPeer(connection.remotePeer.toString())

    if (guessing && site != null && connection.direction === 'outbound' && !isRelayed(address) && observed.add(site, address)) {
      publish()
    }
  }

  const publish = (): void => {
    // while it stops its listeners go one by one, which is not news for the others
    if (!running) {
      return
    }

    records.publish({ peers: [peerId], addresses: addresses(), mailboxes: components.mailboxes ?? [] })
      .catch((error: Error) => { log.error({ error: error.message }, 'the own site record could not be renewed') })
    directory.renew()
  }

  const moves = new Moves({
    clock,
    log,
    moved: () => {
      node.services.listeners.confirm()
      publish()
      control.links().forEach(link => { link.probe() })
    }
  })

  const links: Links = {
    isUp: (site) => control.link(site) != null,
    up: () => control.links().map(({ site }) => site),
    send: (site, frame) => control.link(site)?.send(frame) ?? false,
    want: (site, eased) => { connector.want(site, eased) },
    clockOffset: (site) => control.link(site)?.estimate.offset ?? 0,
    incarnation: (site) => control.link(site)?.hello?.incarnation,
    openBulk: async (site, signal) => bulk.openBulk(site, signal),
    handleBulk: (handler) => { bulk.handleBulk(handler) },
    linkUp: control.linkUp,
    linkDown: control.linkDown,
    frames: control.frames
  }

  const subscriptions: Array<() => void> = []

  const stop = async (): Promise<void> => {
    running = false

    for (const unsubscribe of subscriptions.splice(0)) {
      unsubscribe()
    }

    housekeeping.stop()
    moves.stop()
    reservations.stop()
    upgrader.stop()
    publisher.stop()
    connector.stop()
    directory.stop()
    quarantine.stop()
    control.stop()
    gossip.stop()
    cuts.forEach(timer => { timer.cancel() })
    await node.stop()
  }

  return {
    node,
    links,
    mail,
    directory,
    peerId,
    addresses,
    peers: () => control.links().map(link => ({ ...peerStatus(link, { records, bulk }), ...pathTo(link.site) })),
    reachable: () => reach.reachable,
    reservations: () => reservations.held,
    relaying: () => node.services.relay?.use,
    proxy: () => outbound.view(),
    path: pathTo,
    probe: async (site, only) => prober.probe(site, only),
    relayed: () => reservations.view,

    async start () {
      await book.load()
      await node.handle(SYNC_PROTOCOL, sync.handle, { maxInboundStreams: 2, runOnLimitedConnection: true })
      await node.handle(ENROLL_PROTOCOL, enroll.handle, { maxInboundStreams: 1, runOnLimitedConnection: true })
      await node.handle(CONTROL_PROTOCOL, (stream, connection) => { control.handle(stream, connection) }, { maxInboundStreams: MAX_CONTROL_STREAMS, runOnLimitedConnection: true })
      await node.handle(MAILBOX_PROTOCOL, mail.handle, { maxInboundStreams: MAX_MAIL_STREAMS, runOnLimitedConnection: true })
      await node.handle(BULK_PROTOCOL, bulk.handle, { maxInboundStreams: MAX_BULK_CHANNELS, runOnLimitedConnection: true })

      node.addEventListener('connection:open', ({ detail }) => {
        // several may have passed the gater at once
        if (detail.direction === 'inbound' && crowded(detail.remotePeer, detail)) {
          detail.abort(new Error('too many connections of one peer'))
        } else {
          admission.opened(detail)
        }
      })
      node.addEventListener('self:peer:update', publish)
      subscriptions.push(
        // first told to all links, then acted upon: the site in question hears it too
        roster.changed.subscribe(({ entries }) => {
          try {
            gossip.rosterChanged(entries)
          } finally {
            // whatever happens to the news of it
            review()
            connector.kick()
            reservations.kick()
          }
        }),
        records.changed.subscribe(({ site, signed }) => {
          gossip.recordChanged(signed)

          if (site !== self) {
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

      await node.start()

      try {
        node.services.listeners.check(config.network.listen)
      } catch (error) {
        await stop()
        throw error
      }

      node.services.listeners.confirm()
      running = true
      publish()
      // members find this daemon's addresses by the site's id
      void directory.provide(`site/${self}`, AbortSignal.timeout(1_000))
      connector.start()
      housekeeping.start()
      moves.start()

      upgrader.start()

      if (!reach.reachable) {
        reservations.start()
      }
    },

    stop
  }
}
