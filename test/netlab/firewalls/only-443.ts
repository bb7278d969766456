import type { Firewall, OutboundInit } from './index.ts'

/** TCP to port 443 may go out, nothing else, and nothing may come in */
export function only443 ({ reset = false }: OutboundInit = {}): Firewall {
  return { kind: 'only-443', inbound: false, reset, rules: () => ['iifname "lan" tcp dport 443 accept'] }
}
