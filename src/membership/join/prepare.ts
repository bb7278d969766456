import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createSigner } from '../../core/ed25519.ts'
import { ConflictError } from '../../core/errors.ts'
import { fileExists, makePrivateDirectory, readPrivateFile, readPrivateFileIfThere, writePrivateFile } from '../../core/files.ts'
import { EnrollRequest } from '../../protocols/enroll/pb/enroll.ts'
import { hex, owned } from '../bytes.ts'
import { requestMac } from '../enroll/macs.ts'
import { ENROLL_VERSION } from '../enroll/request.ts'
import { fingerprint } from '../fingerprint.ts'
import { readNetworkFile } from '../keys/network-file.ts'
import { KEY_FILES, membershipPaths } from '../keys/paths.ts'
import { generateSiteKeys, readSiteKeys, writeSiteKeys } from '../keys/site-keys.ts'
import { checkOrganization } from '../names.ts'
import { firstRecord } from '../records/first-record.ts'
import { peerIdOf } from '../records/peer-proof.ts'
import { decodeTicket } from '../ticket.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Random } from '../../core/random.ts'
import type { SiteKeys } from '../keys/site-keys.ts'
import type { TicketFacts } from '../ticket.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

/** Written after the keys: its presence says that they are complete and may have been sent */
const REQUEST_FILE = 'request'

export interface PrepareJoinInit {
  dir: string
  /** As pasted */
  ticket: string
  /** Must be the one of the invitation. @default '' for whatever that says */
  organization?: string
  clock: Pick<Clock, 'now'>
  random: Random
}

export interface PreparedJoin {
  ticket: TicketFacts
  /** Site id that the ticket admits */
  site: SiteId
  /** To show before anything is sent */
  fingerprint: string
  keys: SiteKeys
  /** For the connection: the inviter compares it with the record */
  peerKey: Ed25519PrivateKey
  peerId: string
  /** Encoded EnrollRequest */
  request: Uint8Array
  /** Directory of the staged keys */
  staging: string
}

/**
 * @throws {InvalidInputError} when the ticket is none
 * @throws {ConflictError} when the directory is a member already, or an attempt with another ticket is in the way
 */
export async function prepareJoin ({ dir, ticket: pasted, organization = '', clock, random }: PrepareJoinInit): Promise<PreparedJoin> {
  const ticket = decodeTicket(pasted)
  const site = `${ticket.site}.${ticket.network}`
  const paths = membershipPaths(dir)
  const staging = join(paths.joining, hex(ticket.id))
  checkOrganization(organization)

  const member = await readNetworkFile(paths.network)

  if (member != null) {
    throw new ConflictError(`${dir} belongs to ${member.site} already: choose another directory`)
  }

  const request = await readPrivateFileIfThere(join(staging, REQUEST_FILE)) ?? await stage()
  const keys = await readSiteKeys(staging)

  return { ticket, site, fingerprint: fingerprint(ticket.genesis), keys, peerKey: keys.peer, peerId: peerIdOf(keys.peer), request, staging }

  async function stage (): Promise<Uint8Array> {
    if (await fileExists(join(paths.keys, KEY_FILES.site))) {
      throw new ConflictError(`${paths.keys} holds the keys of an init or join that did not finish: run the join with that ticket again, or remove ${paths.keys} and the database in ${join(dir, 'data')} and begin again`)
    }

    // keys without a request were never used
    await rm(staging, { recursive: true, force: true })
    await makePrivateDirectory(dir)

    const keys = await generateSiteKeys(random)
    await writeSiteKeys(staging, keys)
    await writePrivateFile(join(staging, REQUEST_FILE), await buildRequest({ ticket, site, keys, organization, now: clock.now() }))

    return readPrivateFile(join(staging, REQUEST_FILE))
  }
}

interface RequestInput {
  ticket: TicketFacts
  site: SiteId
  keys: SiteKeys
  organization: string
  now: number
}

async function buildRequest ({ ticket, site, keys, organization, now }: RequestInput): Promise<Uint8Array> {
  const signer = createSigner({ siteId: site, privateKey: keys.site })
  const genesis = owned(ticket.genesis)
  const signingKey = owned(signer.publicKey)
  const record = await firstRecord({ network: ticket.network, genesis, keys, signer, now })

  const mac = requestMac({
    secret: ticket.secret,
    genesis,
    joiner: peerIdOf(keys.peer),
    inviter: ticket.peer,
    ticket: ticket.id,
    record,
    signingKey,
    organization
  })

  return EnrollRequest.encode({ version: ENROLL_VERSION, genesis, ticket: owned(ticket.id), record, signingKey, organization, mac })
}
