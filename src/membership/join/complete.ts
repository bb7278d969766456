import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createSigner, verifyEd25519 } from '../../core/ed25519.ts'
import { ConflictError } from '../../core/errors.ts'
import { hex } from '../bytes.ts'
import { decodeRequest } from '../enroll/request.ts'
import { writeNetworkFile } from '../keys/network-file.ts'
import { KEY_FILES, membershipPaths } from '../keys/paths.ts'
import { writeSiteKeys } from '../keys/site-keys.ts'
import { writeOnce } from '../keys/write-once.ts'
import { SiteRecordBook } from '../records/site-records.ts'
import { RosterLog } from '../roster/roster.ts'
import { appendOf } from '../roster/stored.ts'
import { checkAnswers, EnrollRefusedError } from './check-answers.ts'
import type { Admitted } from './check-answers.ts'
import type { PreparedJoin } from './prepare.ts'
import type { Clock } from '../../core/clock.ts'
import type { Verify } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { EnrollAnswer } from '../../protocols/enroll/pb/enroll.ts'
import type { Store } from '../../store/index.ts'

export interface CompleteJoinInit {
  dir: string
  /** The store of that directory, open */
  store: Store
  prepared: PreparedJoin
  /** All that the inviter sent, in order */
  answers: EnrollAnswer[]
  clock: Pick<Clock, 'now'>
  log: Log
  /** @default verifyEd25519 */
  verify?: Verify
}

export interface JoinedNetwork {
  network: string
  site: SiteId
  /** Hash of the genesis entry, 32 bytes */
  genesis: Uint8Array
  fingerprint: string
  peerId: string
  /** Entries of the roster, and how many records of other sites came with it */
  entries: number
  records: number
}

/**
 * Nothing is written before everything was checked, and `network.json` last.
 *
 * @throws {EnrollRefusedError} when the inviter said no; `final` tells whether the ticket may work later
 * @throws {EnrollAnswerError} when the answer does not hold what it must
 * @throws {ConflictError} when other keys or another roster are in the way
 */
export async function completeJoin (init: CompleteJoinInit): Promise<JoinedNetwork> {
  const { dir, prepared, answers, clock, verify = verifyEd25519 } = init
  const { ticket, site, keys, staging } = prepared
  const paths = membershipPaths(dir)
  let admitted: Admitted

  try {
    admitted = await checkAnswers(prepared, answers, clock.now(), verify)
  } catch (error) {
    // keys that nobody will ever admit
    if (error instanceof EnrollRefusedError && error.final) {
      await rm(staging, { recursive: true, force: true })
    }

    throw error
  }

  await writeSiteKeys(paths.keys, keys)
  await writeOnce(join(paths.keys, KEY_FILES.networkSecret), `${hex(admitted.networkSecret)}\n`)

  const roster = await keepRoster(init, admitted, verify)
  const records = await keepRecords(init, admitted, roster, verify)

  await writeNetworkFile(paths.network, { network: ticket.network, site, genesis: ticket.genesis })
  // from here on the directory is a member; what is left of the staged keys is a copy
  await rm(paths.joining, { recursive: true, force: true })

  return { network: ticket.network, site, genesis: ticket.genesis, fingerprint: prepared.fingerprint, peerId: prepared.peerId, entries: roster.head().seq + 1, records }
}

async function keepRoster ({ dir, store, clock, log }: CompleteJoinInit, { entries }: Admitted, verify: Verify): Promise<RosterLog> {
  if (await store.rosterHead({}) == null) {
    await store.appendRoster(appendOf(undefined, entries))
  }

  // also after a crash behind that line: then only what is new is added
  const roster = await RosterLog.load({ store, verify, clock, log })
  const outcome = await roster.accept(entries.map(({ raw }) => raw))

  if (outcome.kind !== 'accepted') {
    throw new ConflictError(`the database in ${dir} holds the roster of another network: remove it and begin again`)
  }

  return roster
}

async function keepRecords ({ store, prepared, clock, log }: CompleteJoinInit, admitted: Admitted, roster: RosterLog, verify: Verify): Promise<number> {
  const signer = createSigner({ siteId: prepared.site, privateKey: prepared.keys.site })
  const own = decodeRequest(prepared.request)?.record ?? new Uint8Array()
  await store.putRecord({ site: prepared.site, sequence: 1, record: own })

  const book = await SiteRecordBook.load({ store, roster, signer, peerKey: prepared.peerKey, verify, clock, log }, () => true)
  let kept = 0

  for (const record of admitted.records) {
    // one bad record is not worth the admission: the site's next one will come
    if (await book.accept(record) === 'new') {
      kept++
    }
  }

  return kept
}
