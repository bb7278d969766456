import { UnreachableError } from '../../core/errors.ts'
import { StreamChannel } from './channel.ts'
import { BULK_OPEN_TIMEOUT, BULK_PROTOCOL, MAX_BULK_CHANNELS } from './constants.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Membership } from '../../membership/index.ts'
import type { BulkChannel } from '../../network/index.ts'
import type { Connection, Stream } from '@libp2p/interface'

export interface BulkComponents {
  membership: Pick<Membership, 'records'>
  log: Log
  /** Connection of the control link in use */
  connection(site: SiteId): Connection | undefined
}

type BulkHandler = (site: SiteId, channel: BulkChannel) => Promise<void>

/** /beam/bulk/1.0.0: a stream of its own for each large envelope */
export class Bulk {
  readonly #components: BulkComponents
  readonly #open = new Map<SiteId, Set<StreamChannel>>()
  readonly #past = new Map<SiteId, { in: number, out: number }>()
  #handler: BulkHandler | undefined

  constructor (components: BulkComponents) {
    this.#components = components
  }

  handleBulk (handler: BulkHandler): void {
    this.#handler = handler
  }

  /** Bytes of all channels with a site since the start */
  bytes (site: SiteId): { in: number, out: number } {
    const total = { ...this.#past.get(site) ?? { in: 0, out: 0 } }

    for (const channel of this.#open.get(site) ?? []) {
      total.in += channel.bytesIn
      total.out += channel.bytesOut
    }

    return total
  }

  /**
   * @throws {UnreachableError}
   */
  async openBulk (site: SiteId, signal: AbortSignal): Promise<BulkChannel> {
    const connection = this.#components.connection(site)

    if (connection == null) {
      throw new UnreachableError(`there is no link to ${site} now`)
    }

    try {
      const stream = await connection.newStream(BULK_PROTOCOL, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(BULK_OPEN_TIMEOUT)]),
        maxOutboundStreams: MAX_BULK_CHANNELS,
        runOnLimitedConnection: true
      })

      return this.#channel(site, stream)
    } catch (error) {
      throw new UnreachableError(`no bulk channel to ${site} could be opened: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }

  readonly handle = (stream: Stream, connection: Connection): void => {
    const site = this.#components.membership.records.siteOfPeer(connection.remotePeer.toString())

    if (site == null || this.#handler == null) {
      stream.abort(new Error(site == null ? 'not a member' : 'nobody receives bulk here'))
      return
    }

    const channel = this.#channel(site, stream)

    this.#handler(site, channel).catch((error: Error) => {
      this.#components.log.warn({ site, error: error.message }, 'a bulk transfer failed')
      channel.abort(error)
    })
  }

  #channel (site: SiteId, stream: Stream): StreamChannel {
    const channel = new StreamChannel(stream)
    const open = this.#open.get(site) ?? new Set()
    open.add(channel)
    this.#open.set(site, open)
    stream.addEventListener('close', () => {
      const past = this.#past.get(site) ?? { in: 0, out: 0 }
      open.delete(channel)
      this.#past.set(site, { in: past.in + channel.bytesIn, out: past.out + channel.bytesOut })
    })

    return channel
  }
}
