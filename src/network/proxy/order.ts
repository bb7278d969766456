import { isRelayed } from '../paths/path.ts'

/**
 * Behind a proxy the addresses on port 443 come first: most proxies allow no other, and
 * some let an attempt at another one hang until all time for dialling is used up.
 */
export function through443First (a: string, b: string): -1 | 0 | 1 {
  return Math.sign(rank(a) - rank(b)) as -1 | 0 | 1
}

function rank (address: string): number {
  return isRelayed(address) ? 2 : address.includes('/tcp/443/') || address.endsWith('/tcp/443') ? 0 : 1
}
