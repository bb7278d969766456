import { CLOCK_SKEW } from '../envelope/index.ts'
import { endingAdmission, notMemberBecause } from '../membership/own-standing.ts'
import { hex, idView, signerView } from './views.ts'
import type { StatusView } from './index.ts'
import type { Clock } from '../core/clock.ts'
import type { EventBus } from '../events/index.ts'
import type { MailboxFigures } from '../mailbox/index.ts'
import type { Membership } from '../membership/index.ts'
import type { Network, PeerStatus } from '../network/index.ts'
import type { Store } from '../store/index.ts'
import type { StoreTrouble } from '../store/trouble.ts'

export interface ReportComponents {
  membership: Membership
  network: Pick<Network, 'peers' | 'addresses' | 'peerId' | 'reachable' | 'links' | 'proxy' | 'relaying' | 'relayed' | 'pathChanges'>
  store: Pick<Store, 'counts' | 'outboxSites'>
  events: Pick<EventBus, 'draining'>
  clock: Clock
  /** Why nothing is accepted, for people; undefined when all is well */
  paused(): string | undefined
  /** Why the store acknowledges nothing. @default nothing is ever wrong with it */
  trouble?(): StoreTrouble | undefined
  mail?(): Promise<MailboxFigures>
  version: string
  /** URL of the API; undefined until it listens */
  api(): string | undefined
}

export interface Report {
  /** For GET /v1/ready: what is missing, for people */
  reasons(): string[]
  status(): Promise<StatusView>
}

/** How this daemon is: one answer for operators, load balancers and the start line */
export function createReport (components: ReportComponents): Report {
  const { membership, network, store, events, clock, paused, version, api, trouble = () => undefined } = components
  const { roster, self } = membership
  const since = clock.now()

  const reasons = (): string[] => {
    const outside = notMemberBecause(roster, self)
    const why = paused()
    const disk = trouble()

    return [
      ...(api() == null ? ['the API does not listen yet'] : []),
      ...(events.draining ? ['the daemon is stopping'] : []),
      ...(outside == null ? [] : [outside]),
      ...(why == null ? [] : [why]),
      ...(disk == null ? [] : [disk.message])
    ]
  }

  const clockAlarms = (): string[] => {
    const why = paused()

    return [
      ...(why == null ? [] : [why]),
      ...network.links.up()
        .map(site => ({ site, offset: network.links.clockOffset(site) }))
        .filter(({ offset }) => Math.abs(offset) > CLOCK_SKEW)
        .map(({ site, offset }) => `the clock of ${site} is ${Math.round(Math.abs(offset) / 1_000)} s ${offset > 0 ? 'ahead of' : 'behind'} this one`)
    ]
  }

  return {
    reasons,
    status: async () => {
      const now = clock.now()
      const [counts, sites] = await Promise.all([store.counts({ now }), store.outboxSites({ now })])
      const head = roster.head()
      const missing = reasons()
      const ending = endingAdmission(roster, self, now)
      const own = roster.member(self)
      const relayed = network.relayed()

      return {
        ...idView(membership),
        pid: process.pid,
        version,
        since,
        api: api() ?? '',
        peerId: network.peerId,
        addresses: network.addresses(),
        reachable: network.reachable(),
        proxy: network.proxy?.(),
        relaying: network.relaying?.(),
        ...(relayed.needed ? { relayed: { wanted: relayed.wanted, held: relayed.held.map(({ relay }) => relay) } } : {}),
        paths: { ...pathsOf(network.peers()), changes: network.pathChanges?.() },
        peers: {
          up: network.links.up(),
          members: roster.members().filter(({ site }) => site !== self && roster.standing(site) === 'member').length
        },
        queue: { ...counts, sites },
        ...(components.mail == null ? {} : { mail: await components.mail() }),
        roster: { seq: head.seq, hash: hex(head.hash) },
        admission: {
          standing: roster.standing(self),
          ...(own?.revoked == null
            ? { until: own?.notAfter }
            : { reason: own.revoked.reason, at: own.revoked.at, by: signerView(roster, own.revoked.seq) })
        },
        halted: roster.halted,
        clockAlarms: clockAlarms(),
        forked: roster.forked,
        warnings: [ending?.text, membership.authorityNote?.()].filter(text => text != null),
        ready: missing.length === 0,
        reasons: missing
      }
    }
  }
}

function pathsOf (peers: PeerStatus[]): { direct: number, relay: number } {
  const direct = peers.filter(({ path }) => path === 'direct').length

  return { direct, relay: peers.length - direct }
}
