import { verifyEd25519 } from '../core/ed25519.ts'
import { Collector } from './collector.ts'
import { Keeper } from './keeper.ts'
import { Mailer } from './mailer.ts'
import { Nudges } from './nudges.ts'
import { MailUpkeep } from './upkeep.ts'
import type { MailContext } from './context.ts'
import type { Mailbox, Post } from './index.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { Verify } from '../core/identity.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Membership } from '../membership/index.ts'
import type { Links, MailStreams } from '../network/index.ts'

export interface MailboxComponents {
  membership: Membership
  store: MailContext['store']
  links: Links
  streams: MailStreams
  post: Post
  config: Pick<Config, 'mailbox'>
  clock: Clock
  random: Random
  log: Log
  /** Ed25519. @default node:crypto's thread pool */
  verify?: Verify
}

/** Keeper, sender and recipient of mail; sessions are served from the moment it is made */
export function createMailbox (components: MailboxComponents): Mailbox {
  const { membership, store, links, streams, post, config, clock, random } = components
  const context: MailContext = {
    self: membership.self,
    network: membership.roster.network,
    membership,
    store,
    links,
    streams,
    post,
    verify: components.verify ?? verifyEd25519,
    config: config.mailbox,
    clock,
    random,
    log: components.log.child({ component: 'mailbox' })
  }
  const keeps = config.mailbox.enabled === 'yes'
  const mailer = new Mailer(context)
  const collector = new Collector(context)
  const nudges = new Nudges(context)
  const upkeep = new MailUpkeep(context)
  const keeper = new Keeper(context, {
    onMail: (site) => { nudges.mailFor(site) },
    onNudge: (site) => { collector.nudged(site) }
  })

  streams.handleMail(async (site, channel) => keeper.serve(site, channel))

  return {
    async start () {
      upkeep.start()

      // whoever keeps no mail any more still has what was kept before
      if (keeps || (await store.usedMail({})).envelopes > 0) {
        nudges.start()
      }

      collector.start()
      mailer.start()
    },

    async stop () {
      nudges.stop()
      await Promise.all([keeper.stop(), collector.stop(), mailer.stop(), upkeep.stop()])
    },

    keepers: () => collector.keepers(),

    async figures () {
      return {
        keeps,
        ...await store.usedMail({}),
        taken: keeper.taken,
        refused: { ...keeper.refused },
        acknowledged: keeper.acknowledged,
        left: mailer.left,
        collected: collector.collected,
        lies: { ...collector.lies }
      }
    }
  }
}
