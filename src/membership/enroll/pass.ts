import { domains, under } from '../../core/domains.ts'
import type { Verify } from '../../core/identity.ts'

/** What a newcomer shows a relay: it names one ticket and tells nothing of its secret */
export interface NewcomerPass {
  /** Ticket id, 16 bytes */
  ticket: Uint8Array
  /** Unix ms */
  expires: number
  /** Ed25519 by the authority, 64 bytes */
  signature: Uint8Array
}

export interface PassFacts {
  /** Hash of the genesis entry, 32 bytes */
  genesis: Uint8Array
  ticket: Uint8Array
  expires: number
  /** Peer id of the inviter, whom the pass is for */
  peer: string
}

const TICKET_ID = 16
const SIGNATURE = 64

/** What the authority signs when it makes a ticket */
export function passSigningInput ({ genesis, ticket, expires, peer }: PassFacts): Uint8Array {
  const time = new Uint8Array(8)
  new DataView(time.buffer).setBigUint64(0, BigInt(expires))

  return under(domains.newcomerPass, genesis, ticket, time, new TextEncoder().encode(peer))
}

export interface PassCheck {
  genesis: Uint8Array
  /** Whom the newcomer wants to be connected to */
  peer: string
  /** The present authority's */
  key: Uint8Array
  /** Unix ms */
  now: number
  verify: Verify
}

/** Whether the authority allows the holder of this pass to be connected to that peer now */
export async function checkPass (pass: NewcomerPass, { genesis, peer, key, now, verify }: PassCheck): Promise<boolean> {
  const { ticket, expires, signature } = pass

  return ticket.byteLength === TICKET_ID && signature.byteLength === SIGNATURE && Number.isSafeInteger(expires) && now < expires &&
    verify(key, passSigningInput({ genesis, ticket, expires, peer }), signature)
}
