/**
 * What an operator can do with one site. The same interface is implemented by the
 * running daemon (create-operator.ts), by a client of its control socket
 * (client.ts), and for the part that needs no daemon by the data directory itself
 * (offline.ts).
 */
import type { BackupView } from './backup/index.ts'
import type { PeerView } from './peer-view.ts'
import type { AuditCursor, AuditPage } from '../audit/index.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { MailboxFigures } from '../mailbox/index.ts'
import type { InviteFacts } from '../membership/index.ts'
import type { PathChanges, PeerProbe, PeerStatus, RelayedView, RelayUse } from '../network/index.ts'
import type { ProxyView } from '../network/proxy/index.ts'
import type { TaskSummary } from '../store/index.ts'
import type { RecentFilter, WaitingView } from '../tasks/index.ts'

export interface IdView {
  id: SiteId
  network: string
  fingerprint: string
  /** Site signing key, hex */
  signingKey: string
  /** Whether it holds the authority key: invites and revokes */
  authority: boolean
}

export interface StatusView extends IdView {
  pid: number
  version: string
  /** Unix ms */
  since: number
  api: string
  peerId: string
  addresses: string[]
  reachable: boolean
  /** What became of connections through the proxy; absent without one */
  proxy?: ProxyView
  /** What this site does as a relay; absent when it is none */
  relaying?: RelayUse
  /** Relays through which this site is reached; absent when it can be dialled */
  relayed?: { wanted: number, held: SiteId[] }
  /** Links by path, and how often a site was reached another way than before since the start */
  paths: { direct: number, relay: number, changes?: PathChanges }
  /** Members with a link now, and all of them, this site not counted */
  peers: { up: SiteId[], members: number }
  queue: { tasks: number, results: number, queued: number, bytes: number, sites: Array<{ site: SiteId, count: number, bytes: number }> }
  /** Mail kept for others, left at keepers and collected */
  mail?: MailboxFigures
  roster: { seq: number, hash: string }
  /** `reason`: why revoked, `at` and `by`: when and by whom */
  admission: { standing: string, until?: number, reason?: string, at?: number, by?: SignerView }
  /** Why the roster is not followed further: an entry of a kind that this version must know */
  halted?: string
  /** Sites whose clock differs by more than the tolerance, and whether ours was set back */
  clockAlarms: string[]
  /** The authority signed two histories */
  forked: boolean
  /** What the operator should see to in time: an admission that ends */
  warnings: string[]
  ready: boolean
  /** Why not ready */
  reasons: string[]
}

/** Who signed an entry of the roster */
export interface SignerView {
  /** Where the authority was then; absent when a recovery did not say */
  site?: SiteId
  /** The authority key that signed, hex */
  key: string
  /** The entry's number */
  entry: number
}

export interface MemberView {
  site: SiteId
  organization: string
  standing: string
  capabilities: string[]
  /** Until when it is a member, Unix ms */
  notAfter: number
  /** When it was admitted, Unix ms, and by whom */
  admittedAt: number
  admittedBy: SignerView
  /** Why it was revoked, when, and by whom */
  reason?: string
  revokedAt?: number
  revokedBy?: SignerView
  addresses: string[]
}

export interface InviteInput {
  site: string
  organization?: string
  capabilities?: string[]
  /** ms */
  lifetime?: number
  /** Nobody is admitted before an operator has seen the fingerprint of its key */
  approve?: boolean
}

export interface InviteView {
  ticket: string
  site: SiteId
  /** Unix ms */
  expires: number
  /** Open tickets for the same site that this one cancelled */
  cancelled: number
}

interface HeadView { seq: number, hash: string }

/** What an operator does about members */
export interface MembershipOperator {
  renew(input: { site: string }): Promise<{ site: SiteId, until: number, roster: HeadView }>
  /** `authority`: the new public key, hex */
  rotateAuthority(): Promise<{ authority: string, roster: HeadView }>
  /** `recoveryKey`: PEM; `ancestor`: last entry that stays. `restart`: the daemon serves as authority only after one */
  recover(input: { recoveryKey: string, ancestor?: number }): Promise<{ ancestor: number, superseded: number, lost: SiteId[], roster: HeadView, restart: boolean }>
  /** SignedEntry each, base64 */
  rosterPage(input: { from: number }): Promise<{ entries: string[], more: boolean }>
  listInvites(): Promise<InviteFacts[]>
  /** By id in hex, or the site's name */
  decideInvite(input: { invite: string, decision: 'cancel' | 'approve' | 'refuse' }): Promise<InviteFacts>
}

export interface AppView { id: AppId, created?: number, source: 'store' | 'environment' }
export interface AppKeyView { id: AppId, key: string }

/** A task as the operator sees it: never its body or metadata */
export type TaskView = Pick<TaskSummary, 'id' | 'creator' | 'from' | 'to' | 'created' | 'expires' | 'size' | 'deliveries'> & { notes?: Record<SiteId, string> }

/** What needs no running daemon */
export interface LocalOperator extends MembershipOperator {
  id(): Promise<IdView>
  members(): Promise<MemberView[]>
  listApps(): Promise<AppView[]>
  addApp(input: { name: string, key?: string }): Promise<AppKeyView>
  rotateApp(input: { name: string, key?: string }): Promise<AppKeyView>
  removeApp(input: { name: string }): Promise<{ removed: AppId }>
  /** The audit log as lines, a page at a time; `sign`: its end is signed first */
  auditPage(input: { cursor?: AuditCursor, sign?: boolean }): Promise<AuditPage>
  /** `file`: absolute path, never overwritten */
  backup(input: { file: string }): Promise<BackupView>
}

export interface Operator extends LocalOperator {
  status(): Promise<StatusView>
  invite(input: InviteInput): Promise<InviteView>
  revoke(input: { site: string, reason?: string }): Promise<{ site: SiteId, reason: string, roster: { seq: number, hash: string } }>
  peers(): Promise<PeerStatus[]>
  /** What roster and record say of a site: by its id, its name, or an app of it */
  peer(input: { site: string }): Promise<PeerView>
  /** Goes the way to a site and says how far it came; what works becomes the link. Takes up to 26 s. `addresses`: of its own only these */
  probe(input: { site: string, addresses?: string[] }): Promise<PeerProbe>
  /** How this site is reached through relays */
  relays(): Promise<RelayedView>
  listTasks(input: { limit?: number } & RecentFilter): Promise<TaskView[]>
  /** Envelopes that wait for other sites, oldest first */
  outbox(input: { limit?: number, site?: string }): Promise<WaitingView[]>
  /** The clock of this machine is right now, and was wrong before: see docs/troubleshooting.md */
  acceptClock(): Promise<{ was: number, now: number }>
  showTask(input: { id: string }): Promise<TaskView[]>
  /** Takes back a task that an app of this site created; `before`: it was cancelled already */
  cancelTask(input: { id: string }): Promise<{ id: string, before: boolean }>
  /** Returns when draining began; the process ends by itself */
  stop(): Promise<{ stopping: true, pid: number }>
}
