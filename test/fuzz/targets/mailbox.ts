import assert from 'node:assert/strict'
import { systemClock } from '../../../src/core/clock.ts'
import { syncSigner, ed25519FromRaw } from '../../../src/core/ed25519.ts'
import { UnreachableError } from '../../../src/core/errors.ts'
import { createCheck } from '../../../src/envelope/check.ts'
import { readFields, writeFields } from '../../../src/envelope/fields.ts'
import { collect } from '../../../src/mailbox/collect.ts'
import { MailChannel } from '../../../src/mailbox/mail-channel.ts'
import { BulkMessage } from '../../../src/protocols/bulk/pb/bulk.ts'
import { verifyAcknowledgement } from '../../../src/protocols/mailbox/acknowledgement.ts'
import { MAX_ACKNOWLEDGED } from '../../../src/protocols/mailbox/constants.ts'
import { MailProtocolError, readMail } from '../../../src/protocols/mailbox/messages.ts'
import { MailAcknowledgement, MailboxMessage } from '../../../src/protocols/mailbox/pb/mailbox.ts'
import { allowAsync, hex, joinParts, parts, stable, text, texts, vectors } from './support.ts'
import type { Target } from './index.ts'
import type { MailContext } from '../../../src/mailbox/context.ts'
import type { BulkChannel } from '../../../src/network/index.ts'

const known = vectors('mailbox')
const envelopes: any[] = vectors('envelope').envelopes
const [ALPHA, BETA, GAMMA] = ['alpha', 'beta', 'gamma'].map(name => `${name}.${known.network}`)
const NEVER = new AbortController().signal
const signer = syncSigner({ siteId: BETA, privateKey: ed25519FromRaw(new Uint8Array(32).fill(2)) })
const yes = async (): Promise<boolean> => true

/** The other side says this, message after message, whatever it is asked */
function saying (messages: Uint8Array[]): BulkChannel {
  const left = [...messages]

  return {
    read: async () => left.shift(),
    readPieces: async () => { throw new Error('nobody reads mail in pieces') },
    write: async () => {},
    close: async () => {},
    abort: () => {}
  }
}

/** What it names, when the signature is right whatever it says */
async function acknowledgement (signed: Uint8Array): Promise<void> {
  const mail = await verifyAcknowledgement(signed, { network: known.network, self: GAMMA, site: BETA, signingKey: new Uint8Array(32), verify: yes })

  assert.ok(typeof mail === 'string' || (mail.length <= MAX_ACKNOWLEDGED && mail.every(({ envelopeId, hash }) => envelopeId.byteLength === 16 && hash.byteLength === 32)))
}

/** A recipient of whom a keeper may say what it likes; signatures are right, bytes open as `spoilt` says */
function recipient (spoilt: boolean, taken: { count: number }): MailContext {
  return {
    self: BETA,
    network: known.network,
    membership: { signer, roster: { standing: (site: string) => site === ALPHA ? 'member' : 'revoked' } },
    store: { findReceived: async () => undefined },
    links: { send: () => true },
    streams: { handleMail: () => {}, openMail: async () => { throw new UnreachableError('one session only') } },
    post: {
      check: createCheck({ network: known.network, self: BETA, verify: yes, signingKey: (site) => site === ALPHA ? new Uint8Array(32) : undefined, privateKey: () => undefined }),
      small: async () => {
        taken.count++

        return spoilt ? undefined : { outcome: 'stored', reason: '', hash: new Uint8Array(32) }
      }
    },
    verify: yes,
    // while the vectors' envelopes are still good
    clock: { ...systemClock, now: () => envelopes[0].expires - 1_000 }
  } as unknown as MailContext
}

type Part = (data: Uint8Array) => Promise<void>

const PARTS: Part[] = [
  async (data) => {
    await allowAsync(async () => readMail(saying([data])), MailProtocolError)
    stable(MailboxMessage, data)
  },
  acknowledgement,
  async (data) => {
    stable(MailAcknowledgement, data)
    await acknowledgement(writeFields([data, new Uint8Array(64)]))
  },
  async (data) => {
    const channel = new MailChannel(saying(parts(data)), { place: 1, head: hex(envelopes[0].head), chunks: 3, moved: () => {} })
    await channel.read()

    for (let chunk = 0; chunk < 3; chunk++) {
      const message = await allowAsync(async () => channel.read(), MailProtocolError, UnreachableError)

      if (message == null) {
        return
      }

      assert.ok(BulkMessage.decode(message).data.byteLength > 0)
    }
  },
  async (data) => {
    const messages = parts(data.subarray(1)).slice(0, 256)
    const taken = { count: 0 }
    await allowAsync(async () => collect(recipient((data[0] ?? 0) % 2 === 1, taken), { keeper: GAMMA, signal: NEVER, onLie: () => {}, onSpoilt: () => {}, onCollected: () => {} }), MailProtocolError, UnreachableError)
    assert.ok(taken.count <= messages.length, 'takes no more than it was given')
  }
]

const messages: Uint8Array[] = known.messages.map(({ bytes }: { bytes: string }) => hex(bytes))
const signed = [known.acknowledgement, ...known.refused].map(({ bytes }: { bytes: string }) => hex(bytes))

/** Whole rounds: pages of genuine envelopes, their bytes, and the last word */
const rounds = [[envelopes[0]], [envelopes[0], envelopes[1]], [envelopes[1], envelopes[2], envelopes[1]]].map(some => joinParts([
  MailboxMessage.encode({ listing: { entries: some.map((envelope, place) => ({ place: place + 1, head: hex(envelope.head) as Uint8Array<ArrayBuffer> })), more: some.length > 1 } }),
  ...some.map(envelope => MailboxMessage.encode({ data: readFields(hex(envelope.smallEnvelope), 2)?.[1] as Uint8Array<ArrayBuffer> })),
  MailboxMessage.encode({ deleted: { count: 1 } }),
  MailboxMessage.encode({ listing: { entries: [], more: false } })
]))

const seeds = [...messages, ...signed, ...signed.map(bytes => readFields(bytes, 2)?.[0] ?? new Uint8Array(0)), joinParts(messages), ...rounds.flatMap(round => [0, 1].map(first => Buffer.concat([Uint8Array.of(first), round])))]

/** First byte: a message, an acknowledgement, its text, a large envelope at a keeper, or all that a keeper says in one round */
export const mailbox: Target = {
  seeds: seeds.flatMap(seed => PARTS.map((_, i) => Buffer.concat([Uint8Array.of(i), seed]))),
  dictionary: [...texts('mailbox-full', 'quota-sender', 'gone', ALPHA, BETA, GAMMA), text(known.network), Buffer.from(envelopes[0].head, 'hex')],
  maxLength: 8_192,
  run: async (data) => PARTS[(data[0] ?? 0) % PARTS.length](data.subarray(1))
}
