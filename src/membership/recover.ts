import { equals } from 'uint8arrays/equals'
import { createSigner } from '../core/ed25519.ts'
import { ConflictError, InvalidInputError, RefusedError } from '../core/errors.ts'
import { rawPublicKey } from '../core/raw-keys.ts'
import { decodeEntry, signEntry } from './roster/entry.ts'
import { replay } from './roster/follow.ts'
import { KIND } from './roster/kinds.ts'
import { recoverEntry } from './roster/statements.ts'
import { readEntries } from './roster/stored.ts'
import type { Recovered, RecoverInput } from './index.ts'
import type { AuthorityKeyFile } from './keys/authority-key.ts'
import type { RosterLog } from './roster/roster.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Store } from '../store/index.ts'

export interface RecoverComponents {
  roster: RosterLog
  store: Store
  keyFile: AuthorityKeyFile
  self: SiteId
  clock: Pick<Clock, 'now'>
  random: Random
}

/**
 * The recovery key says where the log goes on and who signs it from there: a new key
 * of this daemon. Members follow it whatever the old authority signed after the
 * ancestor. Works at any member, with the roster that it has.
 *
 * @throws {InvalidInputError} for another network's key, or an ancestor that is not here
 * @throws {RefusedError} when this site would not be a member after it
 */
export async function recoverNetwork ({ roster, store, keyFile, self, clock, random }: RecoverComponents, { recoveryKey, ancestor }: RecoverInput): Promise<Recovered> {
  if (!equals(rawPublicKey(recoveryKey), roster.state.recovery)) {
    throw new InvalidInputError('recovery key', `is not the one of the network ${roster.network}`)
  }

  const before = roster.state
  const parted = beforeFork(roster)
  const last = ancestor ?? parted ?? before.head.seq
  const [row] = Number.isSafeInteger(last) && last >= 1 ? await readEntries(store, last, last + 1) : []

  if (row == null) {
    throw new InvalidInputError('ancestor', `must be the number of a roster entry from 1 to ${before.head.seq}, not ${last}`)
  }

  // members that hold the other history have nothing behind that entry in common with this site
  if (parted != null && last > parted) {
    throw new InvalidInputError('ancestor', `must be at most ${parted}, the last entry before the authority signed two histories, not ${last}`)
  }

  const [next] = await readEntries(store, last + 1, last + 2)

  // two recoveries after one entry would be two histories signed by the recovery key
  if (next?.entry.kind === KIND.recover) {
    throw new ConflictError(`entry ${last + 1} is a recovery already: choose an ancestor from ${last + 1} on`)
  }

  if (!replay(undefined, await readEntries(store, 0, last + 1)).members.has(self)) {
    throw new RefusedError(`${self} was admitted after entry ${last} and would be no member any more: recover at another site, or from a later entry`)
  }

  const authority = await keyFile.prepare(random)
  const signer = createSigner({ siteId: self, privateKey: recoveryKey })
  const entry = await signEntry(recoverEntry({ seq: last, hash: row.hash }, authority, self, clock.now()), async data => signer.sign(data))
  const outcome = await roster.accept([entry.raw])

  if (outcome.kind !== 'accepted') {
    throw new ConflictError(`the roster did not take the recovery: ${outcome.kind === 'refused' ? outcome.reason : outcome.kind}`)
  }

  await keyFile.settle(roster.authorityKey)
  const present = new Set(roster.members().map(({ site }) => site))

  return {
    head: roster.head(),
    ancestor: last,
    superseded: before.head.seq - last,
    lost: [...before.members.keys()].filter(site => !present.has(site))
  }
}

/** The last entry that both histories of a proven fork have */
function beforeFork ({ forkEntries }: RosterLog): number | undefined {
  return forkEntries == null ? undefined : decodeEntry(forkEntries[0]).entry.seq - 1
}
