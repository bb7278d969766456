import { Bulk } from '../protocols/bulk/bulk.ts'
import { Control } from '../protocols/control/control.ts'
import { Gossip } from '../protocols/control/gossip.ts'
import { EnrollServer } from '../protocols/enroll/server.ts'
import { MailboxStreams } from '../protocols/mailbox/streams.ts'
import { RosterSync } from '../protocols/sync/sync.ts'
import { AddressBook } from './address-book.ts'
import { Admission } from './admission.ts'
import { Connector } from './connector.ts'
import { MAX_PER_MEMBER } from './constants.ts'
import { createLinks } from './create-links.ts'
import { Cutter } from './cutter.ts'
import { canBeDialled } from './dht-servers.ts'
import { DhtDirectory } from './directory.ts'
import { createGater } from './gater.ts'
import { headsComparison } from './heads.ts'
import { Housekeeping } from './housekeeping.ts'
import { knock } from './knock.ts'
import { createNode } from './libp2p.ts'
import { mayJoin } from './may-join.ts'
import { Moves } from './moves.ts'
import { receivedOn } from './muxer.ts'
import { OwnRecord } from './own-record.ts'
import { isRelayed } from './paths/path.ts'
import { createWays } from './paths/ways.ts'
import { peerStatus } from './peers.ts'
import { Prober } from './probe.ts'
import { createOutbound } from './proxy/create-outbound.ts'
import { Publisher } from './publisher.ts'
import { Quarantine } from './quarantine.ts'
import { reachOf } from './reach.ts'
import { Reactions } from './reactions.ts'
import { Reservations } from './relay/reservations.ts'
import { serve } from './serve.ts'
import type { Network } from './index.ts'
import type { Node } from './libp2p.ts'
import type { UpgradeTimes } from './paths/upgrader.ts'
import type { QuarantineInit } from './quarantine.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
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
  const node: Node = await createNode({ privateKey: membership.peerKey, genesis: roster.genesis, config, reach, gater: createGater(isMember, () => quarantine, peer => crowded(peer), peer => connector.mayAsk(peer)), isMember, mayServe: canBeDialled(records), outbound, certificateEvery: init.certificateEvery, relay: { siteOf: (peer) => records.siteOfPeer(peer), newcomer: mayJoin(roster, clock), clock, log } })
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
    onUse: (link) => { reactions.linkUsed(link) },
    onSpare: () => { connector.kick() },
    onDoubt: (link) => { reactions.doubted(link) },
    received: receivedOn,
    knock: (connection) => { knock(connection, log) }
  }, { times: init.times, agent: init.agent, pace: () => outbound.pace() })
  const gossip: Gossip = new Gossip({
    membership,
    clock,
    log,
    links: () => control.links(),
    resync: async (link) => { await sync.begin(link.connection) }
  })
  const admission: Admission = new Admission({ sync, control, quarantine, identify: node.services.identify, isMember, mayServe: canBeDialled(records), wantsLink: ({ remotePeer }) => connector.wants(records.siteOfPeer(remotePeer.toString())), onObserved: (connection, address) => { own.noteObserved(connection, address) }, log })
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
    arriving: (peer) => node.circuit.arriving(peer),
    opened: (connection) => control.over(connection),
    isUp: (site) => control.link(site) != null,
    count: () => control.links().length,
    clock,
    random,
    log
  }, config.network.maxLinks)

  const publisher = new Publisher({ clock, publish: () => { own.publish() } })
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

  const cutter = new Cutter({ connections: () => node.getConnections(), quarantine, isMember, roster, control, clock, log })
  const housekeeping = new Housekeeping({
    connections: () => node.getConnections(),
    quarantine,
    isMember,
    carriesLink: (connection) => control.links().some(link => link.connection === connection),
    clock,
    log,
    review: () => { cutter.review() }
  })

  const own = new OwnRecord({ node, peerId, config, reach, records, directory, relayed: () => reservations.addresses, told: () => publisher.addresses, mailboxes: components.mailboxes ?? [], log })
  const reactions = new Reactions({ membership, node, control, connector, paths, gossip, directory, reservations, upgrader, book, cutter, own })
  const moves = new Moves({ clock, log, moved: (gone) => { reactions.moved(gone) } })

  const stop = async (): Promise<void> => {
    own.stop()
    reactions.stop()
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
    cutter.stop()
    await node.stop()
  }

  return {
    node,
    links: createLinks({ control, connector, bulk }),
    mail,
    directory,
    peerId,
    addresses: () => own.addresses(),
    peers: () => control.links().map(link => ({ ...peerStatus(link, { records, bulk }), ...pathTo(link.site) })),
    reachable: () => reach.reachable,
    reservations: () => reservations.held,
    relaying: () => node.services.relay?.use,
    proxy: () => outbound.view(),
    path: pathTo,
    pathChanges: () => paths.changes,
    probe: async (site, only) => prober.probe(site, only),
    relayed: () => reservations.view,

    async start () {
      await book.load()
      await serve({ node, sync, enroll, control, mail, bulk })

      node.addEventListener('connection:open', ({ detail }) => {
        // several may have passed the gater at once
        if (detail.direction === 'inbound' && crowded(detail.remotePeer, detail)) {
          detail.abort(new Error('too many connections of one peer'))
        } else {
          admission.opened(detail)
        }
      })
      node.addEventListener('self:peer:update', () => { own.publish() })
      reactions.start()

      await node.start()

      try {
        node.services.listeners.check(config.network.listen)
      } catch (error) {
        await stop()
        throw error
      }

      node.services.listeners.confirm()
      own.start()
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
