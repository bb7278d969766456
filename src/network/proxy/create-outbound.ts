import { readFileSync } from 'node:fs'
import { systemClock } from '../../core/clock.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { silentLog } from '../../core/log.ts'
import { NO_PROXY_AT_ALL } from '../../core/proxy-text.ts'
import { Exceptions } from './exceptions.ts'
import { ProxyOutbound } from './outbound.ts'
import { parseProxy } from './settings.ts'
import { createTrust, readCa } from './trust.ts'
import type { Outbound } from './index.ts'
import type { Config } from '../../config/index.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'

export interface CreateOutboundComponents {
  config: { network: Pick<Config['network'], 'proxy' | 'proxyPassword' | 'noProxy' | 'ca'> }
  clock: Pick<Clock, 'now'>
  log: Log
}

/**
 * The way out as the configuration says; the files it names are read here.
 *
 * @throws {InvalidInputError}
 */
export function createOutbound ({ config: { network }, clock, log }: CreateOutboundComponents, init: { timeout?: number } = {}): ProxyOutbound {
  const { proxy, proxyPassword, noProxy = [], ca } = network

  return new ProxyOutbound({
    ...(proxy == null || proxy === NO_PROXY_AT_ALL ? {} : { proxy: parseProxy(proxy, 'network.proxy', proxyPassword == null ? undefined : readPassword(proxyPassword)) }),
    exceptions: new Exceptions(noProxy),
    trust: createTrust(ca == null ? [] : readCa(ca)),
    clock,
    log: log.child({ component: 'proxy' }),
    ...init
  })
}

/** No proxy, and no trust but the machine's */
export function straight (): Outbound {
  return new ProxyOutbound({ exceptions: new Exceptions([]), trust: createTrust([]), clock: systemClock, log: silentLog })
}

function readPassword (path: string): string {
  try {
    const [line] = readFileSync(path, 'utf8').split(/\r?\n/, 1)

    return line
  } catch (error) {
    throw new InvalidInputError('network.proxyPassword', `must name a file with the password in its first line: ${(error as Error).message}`)
  }
}
