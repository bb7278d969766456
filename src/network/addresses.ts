import { multiaddr } from '@multiformats/multiaddr'
import { isLoopback } from './reach.ts'

/** Addresses in a site record. @see SiteRecord.addresses */
const MAX_ADDRESSES = 16

/**
 * Stands in for the addresses of a site that only dials out: the DHT drops providers
 * without an address, and such a site is found all the same, by the links it has. No
 * transport dials it.
 */
export const placeholder = multiaddr('/memory/no-listener')

export function isPlaceholder (address: string): boolean {
  return address.startsWith('/memory/')
}

/**
 * Own addresses as others may dial them, for the site record. Loopback is left out when
 * there is anything else; addresses that were asked for come first.
 */
export function dialable (addresses: string[]): string[] {
  const real = [...new Set(addresses)].filter(address => !isPlaceholder(address))
  const remote = real.filter(address => !isLoopback(address))
  const relayed = (address: string): number => address.includes('/p2p-circuit') ? 1 : 0

  return (remote.length > 0 ? remote : real).sort((a, b) => relayed(a) - relayed(b)).slice(0, MAX_ADDRESSES)
}

/** The address with the peer id at its end, as dialling many at once needs it */
export function withPeer (address: string, peer: string): string {
  return address.endsWith(`/p2p/${peer}`) ? address : `${address}/p2p/${peer}`
}
