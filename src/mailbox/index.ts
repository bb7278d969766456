/**
 * Mailboxes: members that can be reached keep sealed mail for others that cannot be
 * reached now.
 *
 * Keeper (`mailbox.enabled`): takes envelopes from the member that signed them, shows each
 * recipient its own, deletes what the recipient signed for. It cannot open, forge or
 * replay any: the recipient judges what it collects as if the sender had brought it.
 *
 * Sender: what waits for a site without a link for `mailbox.after` is left at two of its
 * keepers, and stays in the outbox until the recipient's own receipt comes.
 *
 * Recipient: collects on start, with each link to a keeper and when one nudges.
 *
 * A keeper that lies is noticed where that is possible, and costs a bounded delay: it is
 * never the only place where anything is. Formats: docs/wire-mailbox.md
 */
import type { SiteId } from '../core/ids.ts'
import type { Check } from '../envelope/index.ts'
import type { BulkChannel } from '../network/index.ts'
import type { OutboxItem } from '../store/index.ts'
import type { Verdict } from '../tasks/delivery/accept.ts'
import type { Prepared } from '../tasks/delivery/prepare.ts'

/** What the room of tasks does for mail */
export interface Post {
  readonly check: Check
  /** Seals what the outbox holds, as for direct delivery */
  prepare(item: OutboxItem): Promise<Prepared>
  /** One small envelope as if `via` had brought it; undefined for what was not judged to its end, as by a daemon that stops */
  small(via: SiteId, bytes: Uint8Array): Promise<Verdict | 'unopenable' | undefined>
  /** One large envelope as if `via` had opened a bulk channel */
  bulk(via: SiteId, channel: BulkChannel): Promise<void>
}

/** For `status` and metrics; counts since the start */
export interface MailboxFigures {
  /** Whether this site keeps mail for others */
  keeps: boolean
  /** Kept now */
  envelopes: number
  bytes: number
  /** Deposits taken, and refused by reason */
  taken: number
  refused: Record<string, number>
  /** Mail that recipients signed for */
  acknowledged: number
  /** Own envelopes left at keepers */
  left: number
  /** Mail collected from keepers */
  collected: number
  /** What keepers said that cannot be true, by keeper */
  lies: Record<SiteId, number>
}

export interface Mailbox {
  start(): Promise<void>
  /** Takes nothing new; what is being stored is finished */
  stop(): Promise<void>
  figures(): Promise<MailboxFigures>
  /** Who keeps this site's mail, best first */
  keepers(): SiteId[]
}
