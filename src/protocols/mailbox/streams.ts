import { UnreachableError } from '../../core/errors.ts'
import { StreamChannel } from '../bulk/channel.ts'
import { MAILBOX_PROTOCOL, MAIL_OPEN_TIMEOUT, MAX_MAIL_STREAMS } from './constants.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Membership } from '../../membership/index.ts'
import type { BulkChannel, MailStreams } from '../../network/index.ts'
import type { Connection, Stream } from '@libp2p/interface'

export interface MailboxStreamsComponents {
  membership: Pick<Membership, 'records'>
  log: Log
  /** Connection of the control link in use */
  connection(site: SiteId): Connection | undefined
}

/** /beam/mailbox/1.0.0: a stream for each session, members only */
export class MailboxStreams implements MailStreams {
  readonly #components: MailboxStreamsComponents
  #handler: ((site: SiteId, channel: BulkChannel) => Promise<void>) | undefined

  constructor (components: MailboxStreamsComponents) {
    this.#components = components
  }

  handleMail (handler: (site: SiteId, channel: BulkChannel) => Promise<void>): void {
    this.#handler = handler
  }

  async openMail (site: SiteId, signal: AbortSignal): Promise<BulkChannel> {
    const connection = this.#components.connection(site)

    if (connection == null) {
      throw new UnreachableError(`there is no link to ${site} now`)
    }

    try {
      return new StreamChannel(await connection.newStream(MAILBOX_PROTOCOL, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(MAIL_OPEN_TIMEOUT)]),
        maxOutboundStreams: MAX_MAIL_STREAMS,
        runOnLimitedConnection: true
      }))
    } catch (error) {
      throw new UnreachableError(`no mailbox session with ${site} could be opened: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }

  readonly handle = (stream: Stream, connection: Connection): void => {
    const site = this.#components.membership.records.siteOfPeer(connection.remotePeer.toString())

    if (site == null || this.#handler == null) {
      stream.abort(new Error(site == null ? 'not a member' : 'nobody serves mail here yet'))
      return
    }

    const channel = new StreamChannel(stream)

    this.#handler(site, channel).catch((error: Error) => {
      this.#components.log.debug({ site, error: error.message }, 'a mailbox session failed')
      channel.abort(error)
    })
  }
}
