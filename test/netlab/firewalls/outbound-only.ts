import type { Firewall } from './index.ts'

/** Everything may go out, nothing may come in but answers */
export function outboundOnly (): Firewall {
  return { kind: 'outbound-only', inbound: false, reset: false, rules: () => ['iifname "lan" accept'] }
}
