import type { Target } from '../proxy/index.ts'

/** What an address that can be dialled through a proxy says */
export interface DialAddress extends Target {
  kind: 'tcp' | 'ws' | 'wss'
  /** Name in the certificate, when it is not the host's */
  servername?: string
}

const ADDRESS = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d{1,5})(\/ws|\/wss|\/tls(?:\/sni\/([^/]+))?\/ws)?(?:\/p2p\/[^/]+)?$/

/** Undefined for any other kind, as through a relay */
export function dialAddress (address: string): DialAddress | undefined {
  const [, host, port, ws, servername] = ADDRESS.exec(address) ?? []

  return host == null ? undefined : { host, port: Number(port), kind: ws == null ? 'tcp' : ws === '/ws' ? 'ws' : 'wss', ...(servername == null ? {} : { servername }) }
}
