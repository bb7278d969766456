import { isLoopback } from '../reach.ts'
import { isRelayed } from './path.ts'

/**
 * Which address is tried first: direct before relayed, loopback last of the direct ones,
 * IPv6 before IPv4 (no address translation in between), names in the middle.
 */
export function preferred (a: string, b: string): -1 | 0 | 1 {
  const difference = rank(a) - rank(b)

  return difference < 0 ? -1 : difference > 0 ? 1 : 0
}

function rank (address: string): number {
  if (isRelayed(address)) {
    return 4
  }

  if (isLoopback(address)) {
    return 3
  }

  return address.startsWith('/ip6/') ? 0 : address.startsWith('/ip4/') ? 2 : 1
}
