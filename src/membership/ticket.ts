import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { domains } from '../core/domains.ts'
import { InvalidInputError } from '../core/errors.ts'
import { isFragment, MAX_NETWORK } from '../core/ids.ts'
import { owned, sha256 } from './bytes.ts'
import { MAX_TICKET, MAX_TICKET_ADDRESSES } from './limits.ts'
import { Ticket } from './pb/membership.ts'
import { isAddress } from './records/address.ts'
import { isPeerId } from './records/peer-proof.ts'
import type { NewcomerPass } from './enroll/pass.ts'

const PREFIX = 'beam1'
const VERSION = 1
const CHECKSUM = 4

export interface TicketFacts {
  network: string
  /** Hash of the genesis entry, 32 bytes */
  genesis: Uint8Array
  /** libp2p peer id of the inviter */
  peer: string
  addresses: string[]
  /** 16 bytes */
  id: Uint8Array
  /** 32 bytes */
  secret: Uint8Array
  /** Site fragment that it admits */
  site: string
  /** Unix ms */
  expires: number
  /** For relays, absent in tickets of older versions */
  pass?: NewcomerPass
}

/** One line: `beam1`, then base64url of the message and 4 bytes of checksum */
export function encodeTicket (facts: TicketFacts): string {
  const payload = Ticket.encode({
    ...facts,
    pass: owned(facts.pass?.signature ?? new Uint8Array()),
    version: VERSION,
    genesis: owned(facts.genesis),
    id: owned(facts.id),
    secret: owned(facts.secret)
  })

  return PREFIX + Buffer.from(concat([payload, checksum(payload)])).toString('base64url')
}

/**
 * Never says what the ticket holds: errors end up in logs and bug reports.
 *
 * @throws {InvalidInputError} which says in what way it is not a ticket
 */
export function decodeTicket (text: string): TicketFacts {
  // a terminal or a mail program may have wrapped the line
  const line = text.slice(0, 2 * MAX_TICKET).replace(/\s/g, '')

  if (line.length > MAX_TICKET) {
    throw refused(`is longer than ${MAX_TICKET} characters, which no ticket is`)
  }

  if (!line.startsWith(PREFIX)) {
    throw refused(/^beam\d/.test(line)
      ? 'is of a version that this beam-node does not know: update beam-node, or ask for a ticket from an older one'
      : `must begin with "${PREFIX}": paste the whole line that "beam-node invite" printed`)
  }

  const encoded = line.slice(PREFIX.length)
  const bytes = new Uint8Array(Buffer.from(encoded, 'base64url'))

  if (bytes.byteLength <= CHECKSUM || Buffer.from(bytes).toString('base64url') !== encoded) {
    throw damaged()
  }

  const payload = bytes.subarray(0, -CHECKSUM)

  if (!equals(checksum(payload), bytes.subarray(-CHECKSUM))) {
    throw damaged()
  }

  return checkFacts(decodePayload(payload))
}

function decodePayload (payload: Uint8Array): Ticket {
  try {
    return Ticket.decode(payload)
  } catch {
    // the reason would quote bytes of the ticket
    throw damaged()
  }
}

function checkFacts ({ version, pass, ...facts }: Ticket): TicketFacts {
  if (version !== VERSION) {
    throw refused(`is of version ${version}, this beam-node knows version ${VERSION}: update beam-node`)
  }

  const sound = facts.network.length <= MAX_NETWORK && facts.network.split('.').every(isFragment) &&
    isFragment(facts.site) &&
    facts.genesis.byteLength === 32 && facts.id.byteLength === 16 && facts.secret.byteLength === 32 &&
    isPeerId(facts.peer) &&
    facts.addresses.length > 0 && facts.addresses.length <= MAX_TICKET_ADDRESSES && facts.addresses.every(isAddress) &&
    facts.expires > 0 && Number.isSafeInteger(facts.expires)

  if (!sound) {
    throw damaged()
  }

  return pass.byteLength === 0 ? facts : { ...facts, pass: { ticket: facts.id, expires: facts.expires, signature: pass } }
}

function checksum (payload: Uint8Array): Uint8Array {
  return sha256(domains.ticketChecksum, payload).subarray(0, CHECKSUM)
}

function damaged (): InvalidInputError {
  return refused('is damaged: a part is missing or was mistyped; paste the whole line that "beam-node invite" printed')
}

function refused (rule: string): InvalidInputError {
  return new InvalidInputError('ticket', rule)
}
