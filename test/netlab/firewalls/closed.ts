import type { Firewall, OutboundInit } from './index.ts'

/** Nothing passes, not even out */
export function closed ({ reset = false }: OutboundInit = {}): Firewall {
  return { kind: 'closed', inbound: false, reset, rules: () => [] }
}
