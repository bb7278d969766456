import { join } from 'node:path'

/** Files of a data directory that membership owns */
export function membershipPaths (dir: string): {
  /** Its presence says: this directory belongs to a member of a network */
  network: string
  keys: string
  /** Keys of joins that are not finished, one directory a ticket */
  joining: string
} {
  return { network: join(dir, 'network.json'), keys: join(dir, 'keys'), joining: join(dir, 'joining') }
}

export const KEY_FILES = {
  site: 'site.key',
  peer: 'peer.key',
  authority: 'authority.key',
  /** Made, and not named by the roster yet */
  nextAuthority: 'authority-next.key',
  networkSecret: 'network.secret',
  encryption: /^enc-([0-9a-f]{16})\.key$/
} as const

export function encryptionKeyFile (keyId: string): string {
  return `enc-${keyId}.key`
}
