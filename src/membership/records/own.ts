import { peerIdOf, proofOfPeer } from './peer-proof.ts'
import type { DecodedRecord, RecordFacts } from './record.ts'
import type { SiteView } from '../index.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

/** What a daemon knows of itself; keys come from the present record */
export interface OwnFacts {
  peers: string[]
  addresses: string[]
  mailboxes: string[]
}

export interface NextRecord {
  present: DecodedRecord
  facts: OwnFacts
  /** Highest sequence that others hold */
  outrun: number
  network: string
  genesis: Uint8Array
  peerKey: Ed25519PrivateKey
  now: number
  /** Instead of the present ones */
  keys?: SiteView['keys']
}

/** The record to sign next; undefined when the present one says the same */
export async function nextRecord (input: NextRecord): Promise<RecordFacts | undefined> {
  const { present, outrun, now } = input
  const facts = sorted(input.facts)

  if (input.keys == null && outrun < present.view.sequence && JSON.stringify(facts) === JSON.stringify(sorted(present.view))) {
    return
  }

  return {
    ...facts,
    network: input.network,
    site: present.view.site,
    sequence: Math.max(present.view.sequence, outrun) + 1,
    at: now,
    keys: (input.keys ?? present.view.keys).filter(({ notAfter }) => now < notAfter),
    peerProofs: await Promise.all(facts.peers.map(async peer => proofFor(peer, input)))
  }
}

/** Each daemon signs for its own peer id; for the others of the site the present record has their word */
async function proofFor (peer: string, { present, genesis, peerKey }: NextRecord): Promise<Uint8Array> {
  if (peer === peerIdOf(peerKey)) {
    return proofOfPeer(peerKey, genesis, present.view.site)
  }

  const index = present.view.peers.indexOf(peer)

  if (index === -1) {
    throw new Error(`the peer ${peer} has not agreed to belong to ${present.view.site}`)
  }

  return present.peerProofs[index]
}

/** In one order, so that the same facts are the same record */
function sorted ({ peers, addresses, mailboxes }: OwnFacts): OwnFacts {
  return { peers: [...new Set(peers)].sort(), addresses: [...new Set(addresses)].sort(), mailboxes: [...new Set(mailboxes)].sort() }
}
