import type { Target } from '../proxy/index.ts'

/** What an address that can be dialled through a proxy says */
export interface DialAddress extends Target {
  kind: 'tcp' | 'ws' | 'wss'
  /** Name in the certificate, when it is not the host's */
  servername?: string
}

// other sites write these, and a proxy is asked for the host by name: only what a name or an IP address can have
const ADDRESS = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([\w.:-]+)\/tcp\/(\d{1,5})(\/ws|\/wss|\/tls(?:\/sni\/([\w.-]+))?\/ws)?(?:\/p2p\/[^/]+)?$/

/** Undefined for any other kind, as through a relay, and for a host that is none */
export function dialAddress (address: string): DialAddress | undefined {
  const [, host, port, ws, servername] = ADDRESS.exec(address) ?? []

  return host == null ? undefined : { host, port: Number(port), kind: ws == null ? 'tcp' : ws === '/ws' ? 'ws' : 'wss', ...(servername == null ? {} : { servername }) }
}
