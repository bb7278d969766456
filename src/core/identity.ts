import type { SiteId } from './ids.ts'

/**
 * The site signing key in use. Implementations: over node:crypto's thread pool in
 * the daemon, synchronous in simulations.
 */
export interface SiteSigner {
  readonly siteId: SiteId
  /** Ed25519 public key, 32 bytes */
  readonly publicKey: Uint8Array
  /** Ed25519 over the bytes given; callers put the domain in front */
  sign(data: Uint8Array): Promise<Uint8Array>
}

/** Ed25519 verification; false for anything that is not a valid signature */
export type Verify = (publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array) => Promise<boolean>
