import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { rawPrivateKey } from '../../core/raw-keys.ts'
import { hex, unhex } from '../bytes.ts'
import { ADMISSION_SKEW, ENCRYPTION_KEY_LIFETIME, MAX_KEYS, OLD_KEY_KEPT, ROTATE_KEYS_EVERY } from '../limits.ts'
import { eraseFile } from './erase.ts'
import { encryptionKeyFile } from './paths.ts'
import { encryptionKeyPair, pem } from './site-keys.ts'
import { writeOnce } from './write-once.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Store } from '../../store/index.ts'
import type { SiteView } from '../index.ts'
import type { SiteRecordBook } from '../records/site-records.ts'

export interface KeyRotationComponents {
  /** Where the key files are */
  directory: string
  self: SiteId
  records: Pick<SiteRecordBook, 'get' | 'publishKeys'>
  /** Private keys by id in hex: what opens mail. Changed here */
  privateKeys: Map<string, Uint8Array>
  store: Pick<Store, 'noteFact'>
  clock: Pick<Clock, 'now'>
  random: Random
  log: Log
}

export interface Rotated {
  /** Id of the new key */
  made?: Uint8Array
  /** Ids of the erased ones */
  erased: Uint8Array[]
}

/**
 * Encryption keys come and go: a new one each week, the private half of an old one
 * erased when no message sealed for it can be alive. The own record is the memory of
 * it: each key is listed until the instant of its erasure.
 */
export async function rotateKeys (components: KeyRotationComponents): Promise<Rotated> {
  const made = isDue(components) ? await makeKey(components) : undefined

  return { ...(made == null ? {} : { made }), erased: await eraseOld(components) }
}

function keysOf ({ records, self }: KeyRotationComponents): SiteView['keys'] {
  return records.get(self)?.keys ?? []
}

/** Whether no key began within the last week; one of a clock that was ahead does not count */
function isDue (components: KeyRotationComponents): boolean {
  const now = components.clock.now()

  return !keysOf(components).some(({ id, notBefore }) =>
    notBefore > now - ROTATE_KEYS_EVERY && notBefore <= now + ADMISSION_SKEW && components.privateKeys.has(hex(id)))
}

/** The file first: a key that somebody may seal for is on disk before anyone hears of it */
async function makeKey (components: KeyRotationComponents): Promise<Uint8Array> {
  const { directory, privateKeys, records, store, clock, random, log } = components
  const now = clock.now()
  const pair = encryptionKeyPair(random.bytes(32))
  const old = keysOf(components)
    .map(key => ({ ...key, notAfter: Math.min(key.notAfter, now + OLD_KEY_KEPT) }))
    .sort((one, other) => other.notBefore - one.notBefore)
    .slice(0, MAX_KEYS - 1)

  await writeOnce(join(directory, encryptionKeyFile(hex(pair.id))), pem(pair.privateKey))
  privateKeys.set(hex(pair.id), rawPrivateKey(pair.privateKey))
  await records.publishKeys([{ id: pair.id, publicKey: pair.publicKey, notBefore: now, notAfter: now + ENCRYPTION_KEY_LIFETIME }, ...old])
  await store.noteFact({ kind: 'encryption-key-made', key: pair.id, until: now + ENCRYPTION_KEY_LIFETIME, at: now })
  log.info({ key: hex(pair.id) }, 'a new encryption key was made')

  return pair.id
}

async function eraseOld ({ directory, self, records, privateKeys, store, clock, log }: KeyRotationComponents): Promise<Uint8Array[]> {
  const now = clock.now()
  const listed = new Map((records.get(self)?.keys ?? []).map(({ id, notAfter }) => [hex(id), notAfter]))
  const erased: Uint8Array[] = []

  for (const id of [...privateKeys.keys()]) {
    const path = join(directory, encryptionKeyFile(id))
    // a key that no record names, made just before a crash or kept from a backup, gets the same time
    const until = listed.get(id) ?? (await stat(path)).mtimeMs + OLD_KEY_KEPT

    if (now >= until && privateKeys.size > 1) {
      await eraseFile(path)
      privateKeys.delete(id)
      erased.push(unhex(id))
      await store.noteFact({ kind: 'encryption-key-erased', key: unhex(id), at: now })
      log.info({ key: id }, 'an old encryption key was erased: what was sealed for it can be opened by nobody any more')
    }
  }

  return erased
}
