import type { Firewall, OutboundInit } from './index.ts'

/** Only the site's forward proxy may go out, and it only to TCP 443; nothing may come in */
export function proxyOnly ({ reset = false }: OutboundInit = {}): Firewall {
  return {
    kind: 'proxy-only',
    inbound: false,
    reset,
    rules: ({ proxy }) => {
      if (proxy == null) {
        throw new Error('a firewall that lets only a proxy out needs a host with `proxy`')
      }

      return [`iifname "lan" ip saddr ${proxy} tcp dport 443 accept`]
    }
  }
}
