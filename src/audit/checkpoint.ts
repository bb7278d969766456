import { domains, under } from '../core/domains.ts'
import type { SiteId } from '../core/ids.ts'

/** What the site's signature of a checkpoint covers */
export function checkpointInput ({ site, n, hash, at }: { site: SiteId, n: number, hash: Uint8Array, at: number }): Uint8Array {
  return under(domains.auditCheckpoint, uint64(n), hash, uint64(at), new TextEncoder().encode(site))
}

function uint64 (value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))

  return bytes
}
