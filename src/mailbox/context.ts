import type { Post } from './index.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { Verify } from '../core/identity.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Membership } from '../membership/index.ts'
import type { Links, MailStreams } from '../network/index.ts'
import type { Store } from '../store/index.ts'

/** What keeper, sender and recipient share */
export interface MailContext {
  self: SiteId
  network: string
  membership: Membership
  store: Pick<Store, 'mailBegin' | 'mailAppend' | 'mailAcknowledge' | 'mailDrop' | 'mailPurge' | 'mailLeft' | 'listMail' | 'readMail' | 'usedMail' | 'listUnmailed' | 'findReceived'>
  links: Pick<Links, 'isUp' | 'up' | 'want' | 'send' | 'linkUp' | 'linkDown'>
  streams: MailStreams
  post: Post
  verify: Verify
  config: Config['mailbox']
  clock: Clock
  random: Random
  log: Log
}
