import { MAX_KEY } from './key-rules.ts'
import type { AppId } from '../core/ids.ts'

/** What a caller claims; nothing is checked yet */
export interface Claim {
  id: AppId
  key: string
}

/**
 * `ApiKey <app id> <key>`, split at single spaces as Beam does: the scheme is case
 * sensitive, further parts are ignored. Undefined for anything else.
 */
export function parseAuthorization (header: string | undefined): Claim | undefined {
  if (header == null) {
    return
  }

  const [scheme, id, key] = utf8(header).split(' ', 3)

  // a key longer than any that is accepted would only cost hashing
  if (scheme !== 'ApiKey' || id == null || id === '' || key == null || key === '' || key.length > MAX_KEY) {
    return
  }

  return { id, key }
}

/** Node hands header bytes over as Latin-1, while ids may hold any letter */
function utf8 (header: string): string {
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(header) ? header : Buffer.from(header, 'latin1').toString('utf8')
}
