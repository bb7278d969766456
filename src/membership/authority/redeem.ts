import { equals } from 'uint8arrays/equals'
import { verifyEd25519 } from '../../core/ed25519.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { sameSecret } from '../bytes.ts'
import { admittedAnswers } from '../enroll/answers.ts'
import { enrollRefusal } from '../enroll/codes.ts'
import { requestMac } from '../enroll/macs.ts'
import { decodeRequest, ENROLL_VERSION } from '../enroll/request.ts'
import { ADMISSION_LIFETIME, ADMISSION_SKEW } from '../limits.ts'
import { decodeRecord, verifyRecord } from '../records/record.ts'
import { signEntry } from '../roster/entry.ts'
import { keyName } from '../roster/state.ts'
import { admitEntry } from '../roster/statements.ts'
import { judgeApproval } from './approval.ts'
import { holderOf } from './holder.ts'
import type { AuthorityContext, EnrollPeers } from './context.ts'
import type { EnrollRequest } from '../../protocols/enroll/pb/enroll.ts'
import type { Invite } from '../../store/index.ts'
import type { EnrollRefusal } from '../enroll/codes.ts'
import type { DecodedRecord } from '../records/record.ts'

/** Entries read from the log at one time */
const PAGE = 1_000

/**
 * One ticket, one admission, in one commit. Every refusal has its code and changes
 * nothing. What the ticket is worth is told only to who knows its secret; who proves to
 * hold the keys that used it gets the same admission again until the ticket expires,
 * because the first answer may have been lost.
 */
export async function redeem (context: AuthorityContext, bytes: Uint8Array, peers: EnrollPeers): Promise<Uint8Array[]> {
  const { store, roster, guesses, clock, log } = context

  if (guesses.peerIsLimited(peers.joiner)) {
    return [enrollRefusal('limited')]
  }

  const request = decodeRequest(bytes)

  if (request == null) {
    return guess(context, peers, 'malformed')
  }

  const early = checkRequest(request, context)

  if (early != null) {
    return guess(context, peers, early)
  }

  const invite = await store.findInvite({ id: request.ticket })

  if (invite == null) {
    return guess(context, peers, 'unknown')
  }

  const mac = requestMac({ ...request, ...peers, secret: invite.secret })

  if (!sameSecret(mac, request.mac)) {
    return guess(context, peers, 'wrong')
  }

  const admitted = async (): Promise<Uint8Array[]> => admittedAnswers({
    secret: invite.secret,
    requestMac: mac,
    networkSecret: context.networkSecret,
    ...await everything(context)
  })

  if (invite.state === 'used' && invite.usedBy != null && equals(invite.usedBy, request.signingKey)) {
    const refusal = await judgeRepeat(context, invite, request, peers)

    return refusal == null ? admitted() : refuse(context, peers, invite, refusal)
  }

  const refusal = judgeInvite(invite, clock.now()) ?? await judgeKeys(context, invite, request, peers) ?? await judgeApproval(context, invite, request)

  if (refusal != null) {
    return refuse(context, peers, invite, refusal)
  }

  const outcome = await admit(context, invite, request)

  if (outcome != null) {
    return refuse(context, peers, invite, outcome)
  }

  log.info({ peer: peers.joiner, site: invite.site, seq: roster.head().seq }, 'a site was admitted')

  return admitted()
}

async function admit (context: AuthorityContext, invite: Invite, request: EnrollRequest): Promise<EnrollRefusal | undefined> {
  const { store, roster, records, clock, sign, compareHeads, checkClock } = context
  const site = `${invite.site}.${roster.network}`
  checkClock()
  await compareHeads()

  // what came from other members meanwhile may have changed the answer
  const refusal = judgeName(context, invite, request)

  if (refusal != null) {
    return refusal
  }

  const now = clock.now()
  const outcome = await roster.append(
    async head => signEntry(admitEntry(head, {
      site,
      signingKey: request.signingKey,
      organization: invite.organization,
      capabilities: invite.capabilities,
      notBefore: now - ADMISSION_SKEW,
      notAfter: now + ADMISSION_LIFETIME
    }, now), sign),
    async append => store.redeemInvite({
      id: invite.id,
      signingKey: request.signingKey,
      now,
      append,
      record: { site, sequence: 1, record: request.record, replace: true }
    })
  )

  if (outcome.kind !== 'redeemed') {
    return outcome.kind === 'moved' ? 'unavailable' : outcome.kind
  }

  records.adopt(request.record)
}

/** A ticket that is known here. Who waits for approval asks again every few seconds: that is no news */
async function refuse ({ refusals, log }: AuthorityContext, { joiner }: EnrollPeers, { site }: Invite, refusal: EnrollRefusal): Promise<Uint8Array[]> {
  if (refusal !== 'waiting') {
    log.info({ peer: joiner, site, refusal }, 'a ticket was refused')
    await refusals.ticket(site, refusal)
  }

  return [enrollRefusal(refusal)]
}

/** A wrong ticket: counted, and told so as long as there were not too many */
async function guess ({ guesses, refusals, log }: AuthorityContext, { joiner }: EnrollPeers, refusal: EnrollRefusal): Promise<Uint8Array[]> {
  log.info({ peer: joiner, refusal }, 'a ticket was refused')
  await refusals.guess(joiner, refusal)

  return [enrollRefusal(guesses.count(joiner) ? refusal : 'limited')]
}

function checkRequest ({ version, genesis, ticket, signingKey, mac }: EnrollRequest, { roster }: AuthorityContext): EnrollRefusal | undefined {
  if (version !== ENROLL_VERSION) {
    return 'version'
  }

  if (ticket.byteLength !== 16 || signingKey.byteLength !== 32 || mac.byteLength !== 32) {
    return 'malformed'
  }

  return equals(genesis, roster.genesis) ? undefined : 'other-network'
}

function judgeInvite ({ state, expires, approval }: Invite, now: number): EnrollRefusal | undefined {
  if (approval === 'refused') {
    return 'refused'
  }

  if (state !== 'open') {
    return state
  }

  return now < expires ? undefined : 'expired'
}

/** The signing key is public: whoever repeats the request must hold it, and the key of the peer it admitted */
async function judgeRepeat (context: AuthorityContext, invite: Invite, request: EnrollRequest, peers: EnrollPeers): Promise<EnrollRefusal | undefined> {
  const { roster, clock } = context
  const member = roster.member(`${invite.site}.${roster.network}`)

  if (member == null || !equals(member.signingKey, request.signingKey) || member.revoked != null) {
    return 'revoked'
  }

  if (clock.now() >= invite.expires) {
    return 'expired'
  }

  return await keysFit(context, invite, request, peers) ? undefined : 'record'
}

async function judgeKeys (context: AuthorityContext, invite: Invite, request: EnrollRequest, peers: EnrollPeers): Promise<EnrollRefusal | undefined> {
  if (context.records.siteOfPeer(peers.joiner) != null || !await keysFit(context, invite, request, peers)) {
    return 'record'
  }

  return judgeName(context, invite, request)
}

/** The record must be of the invited site, of this daemon, and signed by the key that is to be admitted */
async function keysFit ({ roster }: AuthorityContext, invite: Invite, request: EnrollRequest, { joiner }: EnrollPeers): Promise<boolean> {
  const record = readRecord(request.record)

  return record != null && record.network === roster.network && record.view.site === `${invite.site}.${roster.network}` &&
    record.view.sequence === 1 && record.view.keys.length > 0 &&
    record.view.peers.length === 1 && record.view.peers[0] === joiner &&
    verifyRecord(record, roster.genesis, request.signingKey, verifyEd25519)
}

function judgeName ({ roster, isPresent }: AuthorityContext, invite: Invite, request: EnrollRequest): EnrollRefusal | undefined {
  if (roster.forked) {
    return 'frozen'
  }

  // another key signs by now
  if (!isPresent()) {
    return 'not-authority'
  }

  // an organization is what the inviter says, never what the joiner claims
  if (request.organization !== '' && request.organization !== invite.organization) {
    return 'organization'
  }

  if (holderOf(roster, `${invite.site}.${roster.network}`) != null) {
    return 'taken'
  }

  return roster.state.keys.has(keyName(request.signingKey)) ? 'record' : undefined
}

function readRecord (bytes: Uint8Array): DecodedRecord | undefined {
  try {
    return decodeRecord(bytes)
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return
    }

    throw error
  }
}

/** The whole log and the records of all members: what a new member must know */
async function everything ({ roster, records }: AuthorityContext): Promise<{ entries: Uint8Array[], records: Uint8Array[] }> {
  const entries: Uint8Array[] = []

  for (;;) {
    const page = await roster.entries(entries.length, PAGE)
    entries.push(...page)

    if (page.length < PAGE) {
      break
    }
  }

  return { entries, records: records.versions().flatMap(({ site }) => records.signed(site) ?? []) }
}
