import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { controlClient } from '../../src/control/client.ts'
import { systemClock } from '../../src/core/clock.ts'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { encodeSmall } from '../../src/envelope/decode.ts'
import { TASK } from '../../src/envelope/inner.ts'
import { Inner } from '../../src/envelope/pb/envelope.ts'
import { verifyReceipts } from '../../src/envelope/receipts.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import { completeJoin, prepareJoin } from '../../src/membership/join/index.ts'
import { loadMembership } from '../../src/membership/load.ts'
import { createNetwork } from '../../src/network/create-network.ts'
import { enroll } from '../../src/network/enroll-client.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { taskInner } from '../envelope/fixture.ts'
import { forge } from '../envelope/forge.ts'
import { dialing } from '../network/helpers/sites.ts'
import type { SiteId } from '../../src/core/ids.ts'
import type { InnerInput, SealedEnvelope } from '../../src/envelope/index.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'
import type { Libp2pNetwork } from '../../src/network/create-network.ts'
import type { Store } from '../../src/store/index.ts'
import type { Site } from '../envelope/fixture.ts'

export interface Forged {
  id?: Uint8Array
  inner?: InnerInput
  body?: string
}

/** Time in which the longest debt is paid and a link comes back, ms */
const PENANCE = 3_000

/** ms that an envelope of his lives */
const LIFE = 3_600_000

/** A site that joined as every other and then keeps to no rule: what it sends is made by hand */
export class HostileMember {
  readonly membership: LoadedMembership
  readonly network: Libp2pNetwork
  /** Envelope ids with the reason of their receipt, '' for stored */
  readonly receipts = new Map<string, string>()
  readonly #dir: string
  readonly #store: Store

  private constructor (dir: string, store: Store, membership: LoadedMembership, network: Libp2pNetwork) {
    this.#dir = dir
    this.#store = store
    this.membership = membership
    this.network = network
    network.links.frames.subscribe(({ site, frame, done }) => {
      if (frame.receipts.byteLength > 0) {
        const components = { verify: verifyEd25519, self: membership.self, network: membership.roster.network, signingKey: (id: SiteId) => membership.roster.member(id)?.signingKey }

        // a receipt that cannot be read would show as one that is missing
        verifyReceipts(frame.receipts, components, { via: site, now: Date.now() })
          .then(({ receipts }) => { this.#heard(receipts) }, () => undefined)
      }

      done()
    })
  }

  /** Joins with a ticket of the authority's daemon, whose data directory this is */
  static async join (authorityDir: string, name: string): Promise<HostileMember> {
    const { ticket } = await controlClient(authorityDir).invite({ site: name, capabilities: ['*'] })
    const dir = await mkdtemp(join(tmpdir(), 'beam-hostile-'))
    const store = inProcessStore(openCore({ path: ':memory:' }))
    const common = { store, clock: systemClock, random: systemRandom, log: silentLog }
    const prepared = await prepareJoin({ dir, ticket, clock: systemClock, random: systemRandom })
    const answers = await enroll({ ticket: prepared.ticket, request: prepared.request, peerKey: prepared.peerKey })
    await completeJoin({ dir, store, prepared, answers, clock: systemClock, log: silentLog })
    const membership = await loadMembership({ dir, ...common })
    const network = await createNetwork({ membership, config: dialing(), ...common })
    await network.start()

    return new HostileMember(dir, store, membership, network)
  }

  get self (): SiteId {
    return this.membership.self
  }

  async linked (site: SiteId): Promise<void> {
    this.network.links.want(site)

    for (let i = 0; i < 600 && !this.network.links.isUp(site); i++) {
      await sleep(50)
    }

    if (!this.network.links.isUp(site)) {
      throw new Error(`the hostile member has no link to ${site}`)
    }
  }

  /** A new connection: what he sent before and nobody has read yet is forgotten, and his debt is paid */
  async fresh (site: SiteId): Promise<void> {
    for (const connection of this.network.node.getConnections()) {
      connection.abort(new Error('begins anew'))
    }

    await sleep(PENANCE)
    await this.linked(site)
  }

  async seal (to: SiteId, { id, inner, body = 'hostile' }: Forged = {}): Promise<SealedEnvelope> {
    const bytes = Buffer.from(body)
    const expires = inner?.expires ?? Date.now() + LIFE
    const recipient = this.membership.records.encryptionKey(to)

    if (recipient == null) {
      throw new Error(`no key of ${to}`)
    }

    return createSeal({ signer: this.membership.signer })({
      network: this.membership.roster.network,
      id: id ?? randomBytes(16),
      from: this.self,
      to,
      expires,
      seed: randomBytes(32),
      recipient,
      inner: {
        kind: TASK,
        from: `app.${this.self}`,
        to: [`work.${to}`],
        taskId: randomUUID(),
        creator: this.self,
        metadata: 'null',
        ttl: '1h',
        failureStrategy: '"discard"',
        created: expires - LIFE,
        expires,
        bodySize: bytes.byteLength,
        bodySha256: createHash('sha256').update(bytes).digest(),
        ...inner
      },
      body: async (offset, length) => bytes.subarray(offset, offset + length)
    })
  }

  /** An encoded SmallEnvelope */
  async small (to: SiteId, forged: Forged = {}): Promise<Uint8Array<ArrayBuffer>> {
    const sealed = await this.seal(to, forged)

    return encodeSmall(sealed.head, await sealed.chunk(0))
  }

  /** The same by another sealer, which checks nothing of what it seals: only who gets it can refuse it */
  async unchecked (to: SiteId, { id, inner }: { id: Uint8Array, inner: InnerInput }): Promise<Uint8Array<ArrayBuffer>> {
    const recipient = this.membership.records.encryptionKey(to)

    if (recipient == null) {
      throw new Error(`no key of ${to}`)
    }

    const expires = Date.now() + LIFE
    const body = Buffer.from('hostile')
    const bytes = Inner.encode({
      ...taskInner(body, { from: `app.${this.self}`, to: [`work.${to}`], taskId: randomUUID(), creator: this.self, metadata: 'null', created: expires - LIFE, expires, ...inner })
    } as unknown as Inner)
    const { small } = await forge({
      signer: { signer: this.membership.signer } as unknown as Site,
      publicKey: recipient.publicKey,
      label: { network: this.membership.roster.network, id: new Uint8Array(id), from: this.self, to, expires, keyId: new Uint8Array(recipient.keyId) },
      inner: bytes,
      body
    })

    return small
  }

  /** Makes envelopes that differ in their id from one that was signed: cheap for him, a verification for who gets them */
  async badlySigned (to: SiteId): Promise<() => Uint8Array> {
    const id = randomBytes(16)
    const bytes = Buffer.from(await this.small(to, { id }))
    const at = bytes.indexOf(id)

    return () => {
      const copy = Buffer.from(bytes)

      randomBytes(16).copy(copy, at)

      return copy
    }
  }

  /** Puts a frame on the link as soon as there is room; false when the link is gone for good */
  async send (to: SiteId, envelope: Uint8Array): Promise<boolean> {
    for (let i = 0; i < 2_000; i++) {
      if (this.network.links.send(to, { envelope: envelope as Uint8Array<ArrayBuffer> })) {
        return true
      }

      if (!this.network.links.isUp(to)) {
        this.network.links.want(to)
      }

      await sleep(5)
    }

    return false
  }

  #heard (receipts: Array<{ id: Uint8Array, reason: string }>): void {
    for (const { id, reason } of receipts) {
      this.receipts.set(Buffer.from(id).toString('hex'), reason)
    }
  }

  async end (): Promise<void> {
    await this.network.stop()
    await this.#store.close()
    await rm(this.#dir, { recursive: true, force: true })
  }
}
