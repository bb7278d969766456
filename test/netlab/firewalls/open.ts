import type { Firewall } from './index.ts'

/** Everything passes, both ways */
export function open (): Firewall {
  return { kind: 'open', inbound: true, reset: false, rules: () => ['accept'] }
}
