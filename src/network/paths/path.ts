/** Whether an address, of a connection or for dialling, leads through a relay */
export function isRelayed (address: string): boolean {
  return address.includes('/p2p-circuit')
}

/** Peer id of the relay in an address that names both ends */
export function relayOf (address: string): string | undefined {
  return /\/p2p\/([^/]+)\/p2p-circuit\/p2p\/[^/]+$/.exec(address)?.[1]
}

/** Peer id of the relay in any address that leads through one */
export function relayIn (address: string): string | undefined {
  return /\/p2p\/([^/]+)\/p2p-circuit/.exec(address)?.[1]
}

/** Of two paths the higher one is better; both ends see the same */
export function quality (address: string): number {
  return isRelayed(address) ? 0 : 1
}
