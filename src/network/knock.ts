import { PING_PROTOCOL } from '@libp2p/ping'
import type { Log } from '../core/log.ts'
import type { Connection } from '@libp2p/interface'

/** For the answer, ms: whoever asked looks after that time at the latest */
const KNOCK_TIMEOUT = 5_000

/**
 * Opens a stream beside all others, and ends it. What comes back shows that the peer lives,
 * though it may be too busy to read what it was sent before.
 */
export function knock (connection: Connection, log: Log): void {
  connection.newStream(PING_PROTOCOL, { signal: AbortSignal.timeout(KNOCK_TIMEOUT), runOnLimitedConnection: true })
    .then(stream => { stream.abort(new Error('somebody is there')) })
    .catch((error: Error) => { log.debug({ peer: connection.remotePeer.toString(), error: error.message }, 'nobody answered a knock') })
}
