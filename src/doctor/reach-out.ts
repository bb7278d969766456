import { silentLog } from '../core/log.ts'
import { createOutbound } from '../network/proxy/create-outbound.ts'
import { OutboundError } from '../network/proxy/errors.ts'
import { dialAddress } from '../network/websocket/address.ts'
import { upgrade } from '../network/websocket/handshake.ts'
import type { Patient } from './index.ts'
import type { Outbound, Reason } from '../network/proxy/index.ts'

/** For one address, all the way to the WebSocket, ms. @default 5_000 */
export const REACH_TIMEOUT = 5_000

export interface Outcome {
  /** host:port */
  where: string
  site: string
  /** Through the proxy */
  proxied: boolean
  /** The address has a name, not a number */
  named: boolean
  failure?: { reason: Reason, message: string }
}

/** As the daemon would connect; undefined when the configuration or a file that it names cannot be read */
export function wayOf ({ loaded, clock }: Pick<Patient, 'loaded' | 'clock'>): Outbound | undefined {
  try {
    return loaded == null ? undefined : createOutbound({ config: loaded.config, clock, log: silentLog }, { timeout: REACH_TIMEOUT })
  } catch {
    // the check of the configuration says it
    return undefined
  }
}

/** Connects as the daemon would, as far as it goes without being a member; undefined for an address that is not dialled directly */
export async function reachOut (outbound: Outbound, site: string, address: string, patience: number = REACH_TIMEOUT): Promise<Outcome | undefined> {
  const to = dialAddress(address)

  if (to == null) {
    return
  }

  // a proxy has its own limit, and its errors say more
  const signal = AbortSignal.timeout(outbound.proxied(to) ? 2 * patience : patience)
  const outcome = { where: `${to.host}:${to.port}`, site, proxied: outbound.proxied(to), named: address.startsWith('/dns') }

  try {
    const socket = await (to.kind === 'wss' ? outbound.tls(to, { signal }) : outbound.tcp(to, { signal }))
    const end = to.kind === 'tcp' ? socket : await upgrade(socket, to, signal)
    end.on('error', () => {
      // it has served its purpose
    })
    end.destroy()

    return outcome
  } catch (error) {
    const { message } = error as Error

    return { ...outcome, failure: error instanceof OutboundError ? { reason: error.reason, message } : { reason: 'unreachable', message: `${outcome.where} did not answer within ${patience / 1_000} s` } }
  }
}
