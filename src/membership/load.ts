import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { equals } from 'uint8arrays/equals'
import { createSigner, verifyEd25519 } from '../core/ed25519.ts'
import { BeamError, NotFoundError, RefusedError } from '../core/errors.ts'
import { readPrivateFile } from '../core/files.ts'
import { createAuthority } from './authority/authority.ts'
import { authorityNote } from './authority/presence.ts'
import { runningOut } from './authority/renew.ts'
import { hex, unhex } from './bytes.ts'
import { fingerprint } from './fingerprint.ts'
import { openAuthorityKey } from './keys/authority-key.ts'
import { readNetworkFile } from './keys/network-file.ts'
import { KEY_FILES, membershipPaths } from './keys/paths.ts'
import { rotateKeys } from './keys/rotation.ts'
import { KeyFileError, privateKeysById, readSiteKeys } from './keys/site-keys.ts'
import { SiteRecordBook } from './records/site-records.ts'
import { recoverNetwork } from './recover.ts'
import { RosterLog } from './roster/roster.ts'
import type { LoadedMembership } from './index.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteSigner, Verify } from '../core/identity.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Store } from '../store/index.ts'

export interface LoadMembershipInit {
  dir: string
  store: Store
  clock: Pick<Clock, 'now' | 'monotonic'>
  random: Random
  log: Log
  /** @default verifyEd25519 */
  verify?: Verify
}

/**
 * Everything this daemon knows of its network, from its data directory.
 *
 * @throws {NotFoundError} when the directory belongs to no member
 * @throws {UnsafeFileError} when others can read a key
 * @throws {RefusedError} when the roster has no place for this site and its key
 */
export async function loadMembership (init: LoadMembershipInit): Promise<LoadedMembership> {
  const { dir, store, clock, random, log: parent, verify = verifyEd25519 } = init
  const log = parent.child({ component: 'membership' })
  const paths = membershipPaths(dir)
  const file = await readNetworkFile(paths.network)

  if (file == null) {
    throw new NotFoundError(`${dir} belongs to no network yet: run "beam-node init" to found one, or "beam-node join" with a ticket`)
  }

  // copies of the keys, left when a join was cut at its very end
  await rm(paths.joining, { recursive: true, force: true })

  const keys = await readSiteKeys(paths.keys)
  const networkSecret = await readNetworkSecret(join(paths.keys, KEY_FILES.networkSecret))
  const signer = createSigner({ siteId: file.site, privateKey: keys.site })
  const roster = await loadRoster(init, log)

  if (hex(roster.genesis) !== file.genesis) {
    throw new BeamError('NETWORK_FILE', `the database in ${dir} holds the roster of another network than ${paths.network} names: was one of them restored from elsewhere?`)
  }

  checkOwnKey(roster, signer)

  const keyCounts = new Map<string, number>()
  roster.state.keys.forEach(site => keyCounts.set(site, (keyCounts.get(site) ?? 0) + 1))

  const records = await SiteRecordBook.load({ store, roster, signer, peerKey: keys.peer, verify, clock, log }, site => (keyCounts.get(site) ?? 0) > 1)
  const privateKeys = privateKeysById(keys.encryption)
  const keyFile = await openAuthorityKey(paths.keys)
  // a rotation or recovery may have been cut between the roster and the files
  await keyFile.settle(roster.authorityKey)

  const authority = keyFile.key == null ? undefined : createAuthority({ keyFile, store, roster, records, networkSecret, signer, clock, random, log })
  const self = signer.siteId

  return {
    roster,
    records,
    signer,
    self,
    networkSecret,
    peerKey: keys.peer,
    fingerprint: fingerprint(roster.genesis),
    ...(authority == null ? {} : { authority }),
    authorityNote: () => authorityNote({ roster, keyFile, authority }),
    privateKey: keyId => privateKeys.get(hex(keyId)),
    recover: async input => recoverNetwork({ roster, store, keyFile, self, clock, random }, input),
    upkeep: {
      rotateKeys: async () => rotateKeys({ directory: paths.keys, self, records, privateKeys, store, clock, random, log }),
      renewMembers: async () => {
        if (authority?.present !== true || roster.forked) {
          return []
        }

        const due = runningOut({ roster, records, self, clock })

        return due.length === 0 ? [] : authority.renewAll(due)
      }
    }
  }
}

async function loadRoster ({ dir, store, clock, verify = verifyEd25519 }: LoadMembershipInit, log: Log): Promise<RosterLog> {
  if (await store.rosterHead({}) == null) {
    throw new BeamError('NETWORK_FILE', `the database in ${dir} holds no roster: it was removed or replaced; restore it from a backup, or join again in another directory`)
  }

  return RosterLog.load({ store, verify, clock, log })
}

function checkOwnKey (roster: RosterLog, { siteId, publicKey }: SiteSigner): void {
  const member = roster.member(siteId)

  if (member == null) {
    throw new RefusedError(`${siteId} is not on the roster any more: a recovery took its admission back; ask for a new ticket and join again in another directory`)
  }

  // its own data stays readable when it was revoked; with another key in its place it is not this site
  if (!equals(member.signingKey, publicKey)) {
    throw new RefusedError(`${siteId} was admitted anew with another key: this data directory is not that site any more`)
  }
}

async function readNetworkSecret (path: string): Promise<Uint8Array> {
  const text = Buffer.from(await readPrivateFile(path)).toString('latin1').trim()

  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new KeyFileError(path, 'must hold 64 hexadecimal digits')
  }

  return unhex(text)
}
