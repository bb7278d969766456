import { createPrivateKey } from 'node:crypto'
import { InvalidInputError, RefusedError } from '../core/errors.ts'
import { REPLACED } from '../membership/authority/presence.ts'
import { siteId } from './site-id.ts'
import { hex } from './views.ts'
import type { MembershipOperator } from './index.ts'
import type { Authority, LoadedMembership } from '../membership/index.ts'

/** Entries of one page */
const PAGE = 1_000

/** What an operator does about members, by a running daemon and by a data directory at rest alike */
export function createMembershipOperator (membership: LoadedMembership): MembershipOperator {
  const { roster, authority } = membership

  return {
    renew: async ({ site }) => {
      const id = siteId(site, roster.network)
      const { notAfter, head } = await requireAuthority(authority, 'renew').renew(id)

      return { site: id, until: notAfter, roster: { seq: head.seq, hash: hex(head.hash) } }
    },
    rotateAuthority: async () => {
      const outcome = await requireAuthority(authority, 'replace it').rotate()

      return { authority: hex(outcome.authority), roster: { seq: outcome.head.seq, hash: hex(outcome.head.hash) } }
    },
    recover: async ({ recoveryKey, ancestor }) => {
      const { head, ...facts } = await membership.recover({ recoveryKey: readKey(recoveryKey), ...(ancestor == null ? {} : { ancestor }) })

      return { ...facts, roster: { seq: head.seq, hash: hex(head.hash) }, restart: authority == null }
    },
    rosterPage: async ({ from }) => {
      const entries = await roster.entries(from, PAGE)

      return { entries: entries.map(entry => Buffer.from(entry).toString('base64')), more: entries.length === PAGE }
    },
    listInvites: async () => requireAuthority(authority, 'list tickets').invites(),
    decideInvite: async ({ invite, decision }) => requireAuthority(authority, `${decision} tickets`).decide(invite, decision)
  }
}

export function requireAuthority (authority: Authority | undefined, what: string): Authority {
  if (authority == null) {
    throw new RefusedError(`only the site that holds the authority key can ${what}; it is the one where the network was founded, or where it was recovered`)
  }

  if (!authority.present) {
    throw new RefusedError(`this site cannot ${what}: ${REPLACED}`)
  }

  return authority
}

function readKey (text: string): ReturnType<typeof createPrivateKey> {
  try {
    const key = createPrivateKey(text)

    if (key.asymmetricKeyType === 'ed25519') {
      return key
    }
  } catch {
    // the cause could quote the key
  }

  throw new InvalidInputError('recovery key', 'must be the file that "beam-node init" wrote: an Ed25519 private key in PEM form')
}
