import { BULK_END } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { BulkChannel } from '../../network/index.ts'

/**
 * Closes a channel after its last message and sees to it that the other side does so,
 * too: what it still sends is thrown away, and who goes on for long is cut. Nobody has
 * to wait for it.
 */
export function hangUp ({ clock, log }: { clock: Clock, log: Log }, channel: BulkChannel): void {
  const timer = clock.setTimeout(() => { channel.abort(new Error('the other side did not close the bulk channel')) }, BULK_END)

  drain(channel).catch((err) => {
    log.debug({ err }, 'a bulk channel was cut after its last message')
    channel.abort(err)
  }).finally(() => { timer.cancel() })
}

async function drain (channel: BulkChannel): Promise<void> {
  await channel.close()

  while (await channel.read() != null) {
    // thrown away
  }
}
