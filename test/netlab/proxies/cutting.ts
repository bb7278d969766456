import { fileURLToPath } from 'node:url'
import type { Proxy, ProxyInit } from './index.ts'
import type { CuttingOptions } from '../scripts/cutting-proxy.ts'

const SCRIPT = fileURLToPath(new URL('../scripts/cutting-proxy.ts', import.meta.url))

export interface CuttingInit extends ProxyInit {
  /** A connection on which nothing was sent for this long is cut, ms. Sixty seconds in the field. @default never */
  idle?: number
  /** Every connection is cut at this age, ms. Five minutes in the field. @default never */
  total?: number
  /** CONNECT is answered after this, ms. @default at once */
  delay?: number
  /** CONNECT is answered with this status and nothing else; 0 closes without an answer. @default 200 */
  status?: number
}

/** A proxy with the manners that hospitals' proxies have and Debian's do not */
export function cuttingProxy ({ credentials, ports = [443], ...rest }: CuttingInit = {}): Proxy {
  return {
    kind: 'cutting',
    credentials,
    async start (host) {
      const options: CuttingOptions = { credentials, ports, ...rest }
      const process_ = host.spawn(process.execPath, [SCRIPT, JSON.stringify(options)])

      await process_.line()

      return process_
    }
  }
}
