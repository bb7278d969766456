import { ConflictError, InvalidInputError, NotFoundError, RefusedError } from '../core/errors.ts'
import { parseId, quote } from '../core/ids.ts'
import { createLocalOperator } from './local-operator.ts'
import { requireAuthority } from './membership-operator.ts'
import { peerView } from './peer-view.ts'
import { siteId } from './site-id.ts'
import { hex, taskView } from './views.ts'
import type { Operator, StatusView } from './index.ts'
import type { LocalOperatorComponents } from './local-operator.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { Network } from '../network/index.ts'
import type { RunningTasks } from '../tasks/create-tasks.ts'

export interface OperatorComponents extends LocalOperatorComponents {
  network: Pick<Network, 'peers' | 'addresses' | 'peerId' | 'probe' | 'relayed'>
  tasks: Pick<RunningTasks, 'recent' | 'show' | 'cancel' | 'waiting' | 'acceptClock'>
  status(): Promise<StatusView>
  /** Begins to drain; must return at once */
  stop(): void
}

/** Tasks listed when no limit is given */
const LIST_LIMIT = 20

/** Envelopes listed when no limit is given */
const OUTBOX_LIMIT = 100

/** Longest reason of a revocation when none is given */
const NO_REASON = 'revoked by the operator'

/** What an operator can do with the running daemon */
export function createOperator (components: OperatorComponents): Operator {
  const { membership, network, tasks, status, stop } = components

  return {
    ...createLocalOperator(components),
    status,
    invite: async ({ site, organization, capabilities = [], lifetime, approve }) => {
      const authority = requireAuthority(membership.authority, 'invite')
      const addresses = network.addresses()

      if (addresses.length === 0) {
        throw new RefusedError('nobody could redeem a ticket: this site has no address for others; set network.listen or network.announce and start it again')
      }

      return authority.invite({ site, organization, capabilities, lifetime, approve, addresses, peer: network.peerId })
    },
    revoke: async ({ site, reason = NO_REASON }) => {
      const authority = requireAuthority(membership.authority, 'revoke')
      const id = siteId(site, membership.roster.network)

      if (id === membership.self) {
        throw new RefusedError(`${id} is this site, which holds the authority key: it cannot revoke itself`)
      }

      const head = await authority.revoke(id, reason)

      return { site: id, reason, roster: { seq: head.seq, hash: hex(head.hash) } }
    },
    peers: async () => network.peers(),
    peer: async ({ site }) => peerView(membership, site),
    probe: async ({ site, addresses }) => {
      const id = siteId(site, membership.roster.network)

      if (id === membership.self || membership.roster.standing(id) !== 'member') {
        throw new RefusedError(`${id} is ${id === membership.self ? 'this site' : 'no member now'}: nobody goes there`)
      }

      return network.probe(id, addresses)
    },
    relays: async () => network.relayed(),
    listTasks: async ({ limit = LIST_LIMIT, app, ...filter }) => {
      const narrowed = app == null ? filter : { ...filter, app: appOrSiteId(app, membership) }

      return (await tasks.recent(limit, narrowed)).map(taskView)
    },
    outbox: async ({ limit = OUTBOX_LIMIT, site }) => tasks.waiting(limit, site == null ? undefined : siteId(site, membership.roster.network)),
    acceptClock: async () => tasks.acceptClock(),
    showTask: async ({ id }) => {
      const found = await tasks.show(id.toLowerCase())

      if (found.length === 0) {
        throw new NotFoundError(`no task ${quote(id)} is known at this site`)
      }

      return found.map(taskView)
    },
    cancelTask: async ({ id: text }) => {
      const id = text.toLowerCase()
      const { kind } = await tasks.cancel('operator', id)

      switch (kind) {
        case 'cancelled':
        case 'already':
          return { id, before: kind === 'already' }
        case 'not-creator':
          throw new RefusedError(`${id} was created at another site: only that site can cancel it`)
        case 'expired':
          throw new ConflictError(`${id} has expired: there is nothing to cancel`)
        case 'not-found':
          throw new NotFoundError(`no task ${quote(text)} is known at this site`)
        default:
          throw new Error(kind satisfies never)
      }
    },
    stop: async () => {
      stop()

      return { stopping: true, pid: process.pid }
    }
  }
}

/** An app by its id or, one of this site, by its name alone; or a site by its id */
function appOrSiteId (text: string, { self, roster: { network } }: Pick<OperatorComponents['membership'], 'self' | 'roster'>): AppId | SiteId {
  const id = text.includes('.') ? text : `${text}.${self}`

  if (parseId(id, network) == null) {
    throw new InvalidInputError('app', `must be an app of this site such as analysis, or an id such as analysis.north.${network}, not ${quote(text)}`)
  }

  return id
}
