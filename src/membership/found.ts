import { join } from 'node:path'
import { createSigner, ed25519FromRaw } from '../core/ed25519.ts'
import { ConflictError } from '../core/errors.ts'
import { fileExists, makePrivateDirectory, writePrivateFile } from '../core/files.ts'
import { checkFragment, checkNetworkName } from '../core/ids.ts'
import { rawPublicKey } from '../core/raw-keys.ts'
import { hex } from './bytes.ts'
import { fingerprint } from './fingerprint.ts'
import { readNetworkFile, writeNetworkFile } from './keys/network-file.ts'
import { KEY_FILES, membershipPaths } from './keys/paths.ts'
import { generateSiteKeys, pem, writeSiteKeys } from './keys/site-keys.ts'
import { ADMISSION_LIFETIME, ADMISSION_SKEW } from './limits.ts'
import { checkOrganization, checkPatterns } from './names.ts'
import { firstRecord } from './records/first-record.ts'
import { peerIdOf } from './records/peer-proof.ts'
import { recoveryFileText } from './recovery-file.ts'
import { signEntry } from './roster/entry.ts'
import { admitEntry, genesisEntry } from './roster/statements.ts'
import { appendOf } from './roster/stored.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Store } from '../store/index.ts'

export interface FoundNetworkInit {
  /** Data directory; its store is open */
  dir: string
  store: Store
  /** Name of the network: the last part of every id */
  network: string
  /** First part of the founder's site id */
  site: string
  /** Where the recovery key is written; must not exist */
  recoveryFile: string
  /** @default '' */
  organization?: string
  /** What the founder's site may announce. @default ['*'] */
  capabilities?: string[]
  clock: Pick<Clock, 'now'>
  random: Random
}

export interface FoundedNetwork {
  network: string
  site: SiteId
  /** Hash of the genesis entry, 32 bytes */
  genesis: Uint8Array
  /** The same as people read it */
  fingerprint: string
  peerId: string
  recoveryFile: string
}

/**
 * Founds a network: genesis, authority key, recovery key, network secret, and the
 * founder's own admission. `network.json` is written last, so that a directory
 * either belongs to the network or to none.
 *
 * @throws {InvalidInputError} for a name out of its rules
 * @throws {ConflictError} when something is in the way; nothing is overwritten
 */
export async function foundNetwork (init: FoundNetworkInit): Promise<FoundedNetwork> {
  const { dir, store, recoveryFile, random, organization = '', capabilities = ['*'] } = init
  const network = checkNetworkName(init.network)
  const siteId = `${checkFragment(init.site, 'site')}.${network}`
  const paths = membershipPaths(dir)
  const now = init.clock.now()
  checkOrganization(organization)
  checkPatterns(capabilities)
  await checkNothingInTheWay(init)

  const keys = await generateSiteKeys(random)
  const signer = createSigner({ siteId, privateKey: keys.site })
  const recovery = ed25519FromRaw(random.bytes(32))
  const authorityKey = ed25519FromRaw(random.bytes(32))
  const authority = createSigner({ siteId, privateKey: authorityKey })

  const genesis = await signEntry(genesisEntry({
    network,
    authority: authority.publicKey,
    recovery: rawPublicKey(recovery),
    nonce: random.bytes(32)
  }, now), async data => authority.sign(data))

  const admission = await signEntry(admitEntry({ seq: 0, hash: genesis.hash }, {
    site: siteId,
    signingKey: signer.publicKey,
    organization,
    capabilities,
    notBefore: now - ADMISSION_SKEW,
    notAfter: now + ADMISSION_LIFETIME
  }, now), async data => authority.sign(data))

  const record = await firstRecord({ network, genesis: genesis.hash, keys, signer, now })

  await makePrivateDirectory(dir)
  await writePrivateFile(recoveryFile, recoveryFileText(network, genesis.hash, recovery))
  await writeSiteKeys(paths.keys, keys)
  await writePrivateFile(join(paths.keys, KEY_FILES.authority), pem(authorityKey))
  await writePrivateFile(join(paths.keys, KEY_FILES.networkSecret), `${hex(random.bytes(32))}\n`)

  const appended = await store.appendRoster(appendOf(undefined, [genesis, admission]))

  if (appended.kind === 'moved') {
    throw new ConflictError(`the database in ${dir} holds the roster of a network already`)
  }

  await store.putRecord({ site: siteId, sequence: 1, record })
  await writeNetworkFile(paths.network, { network, site: siteId, genesis: genesis.hash })

  return { network, site: siteId, genesis: genesis.hash, fingerprint: fingerprint(genesis.hash), peerId: peerIdOf(keys.peer), recoveryFile }
}

async function checkNothingInTheWay ({ dir, store, recoveryFile }: FoundNetworkInit): Promise<void> {
  const paths = membershipPaths(dir)
  const present = await readNetworkFile(paths.network)

  if (present != null) {
    throw new ConflictError(`${dir} belongs to ${present.site} already: choose another directory`)
  }

  if (await fileExists(join(paths.keys, KEY_FILES.site)) || await store.rosterHead({}) != null) {
    throw new ConflictError(`an init or join in ${dir} did not finish: finish the join with its ticket, or remove ${paths.keys} and the database in ${join(dir, 'data')} and begin again`)
  }

  if (await fileExists(recoveryFile)) {
    throw new ConflictError(`${recoveryFile} exists already and is never overwritten: name another file for the recovery key`)
  }
}
