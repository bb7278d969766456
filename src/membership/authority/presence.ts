import { equals } from 'uint8arrays/equals'
import { rawPublicKey } from '../../core/raw-keys.ts'
import type { Authority } from '../index.ts'
import type { AuthorityKeyFile } from '../keys/authority-key.ts'
import type { RosterLog } from '../roster/roster.ts'

/** Why a daemon that has an authority key signs nothing */
export const REPLACED = 'the authority key of this daemon was replaced by another one: it signs no entries any more, and tickets that it made are of no use; the authority is where the new key is'

export interface PresenceComponents {
  roster: Pick<RosterLog, 'authorityKey'>
  keyFile: Pick<AuthorityKeyFile, 'key'>
  /** As it was made when the daemon started */
  authority?: Pick<Authority, 'present'>
}

/** What the operator must know of the authority key that lies here; undefined when it signs, or when there is none */
export function authorityNote ({ roster, keyFile, authority }: PresenceComponents): string | undefined {
  if (authority != null) {
    return authority.present ? undefined : REPLACED
  }

  return keyFile.key != null && equals(rawPublicKey(keyFile.key), roster.authorityKey)
    ? 'this site was given the authority key while its daemon ran: restart it, from then on it invites, renews and revokes'
    : undefined
}
