import { join } from 'node:path'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { withStore } from '../../src/control/with-store.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createSigner } from '../../src/core/ed25519.ts'
import { keyId } from '../../src/core/x25519.ts'
import { readPem } from '../../src/membership/keys/site-keys.ts'
import { ADMISSION_LIFETIME, ENCRYPTION_KEY_LIFETIME } from '../../src/membership/limits.ts'
import { peerIdOf } from '../../src/membership/records/peer-proof.ts'
import { signRecord } from '../../src/membership/records/record.ts'
import { signEntry } from '../../src/membership/roster/entry.ts'
import { admitEntry } from '../../src/membership/roster/statements.ts'
import { appendOf, readEntries } from '../../src/membership/roster/stored.ts'
import type { DecodedEntry } from '../../src/membership/roster/entry.ts'

function bytesOf (length: number, number: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  new DataView(bytes.buffer).setUint32(0, number)

  return bytes
}

/**
 * A founded data directory grows to so many roster entries, each an admission with a
 * record, an address and two encryption keys. Entries are signed by the authority;
 * the sites of the records never sign anything, and nobody verifies what is stored.
 */
export async function enlarge (dir: string, network: string, entries: number): Promise<void> {
  const signer = createSigner({ siteId: '', privateKey: await readPem(join(dir, 'keys', 'authority.key'), 'ed25519') })
  const now = systemClock.now()

  await withStore(dir, async store => {
    const log = await readEntries(store, 0)
    const last = log[log.length - 1]
    const added: DecodedEntry[] = []
    const records: Array<{ site: string, sequence: number, record: Uint8Array }> = []

    for (let number = log.length; number < entries; number++) {
      const { hash, entry: { seq } } = added.at(-1) ?? last
      const site = `site${number}.${network}`
      const signingKey = bytesOf(32, number)
      added.push(await signEntry(admitEntry({ seq, hash }, { site, signingKey, organization: 'A hospital', capabilities: ['*'], notBefore: now - 1, notAfter: now + ADMISSION_LIFETIME }, now), async data => signer.sign(data)))

      const peer = await generateKeyPairFromSeed('Ed25519', bytesOf(32, number))
      const keys = [1, 2].map(of => bytesOf(32, number * 2 + of)).map(publicKey => ({ id: keyId(publicKey), publicKey, notBefore: now, notAfter: now + ENCRYPTION_KEY_LIFETIME }))
      const record = await signRecord({ network, site, sequence: 1, at: now, peers: [peerIdOf(peer)], peerProofs: [bytesOf(64, number)], addresses: ['/ip4/127.0.0.1/tcp/9'], keys, mailboxes: [] }, log[0].hash, async () => bytesOf(64, number))
      records.push({ site, sequence: 1, record })
    }

    await store.appendRoster(appendOf({ seq: last.entry.seq, hash: last.hash }, added))
    await Promise.all(records.map(async row => store.putRecord(row)))
  })
}
