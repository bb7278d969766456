import { Emitter } from '../../../src/core/bus.ts'
import { ed25519FromRaw, syncSigner } from '../../../src/core/ed25519.ts'
import { keyId, x25519FromRaw } from '../../../src/core/x25519.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SiteSigner } from '../../../src/core/identity.ts'
import type { SiteId } from '../../../src/core/ids.ts'
import type { Member, Membership, RosterHead, SiteView, Standing } from '../../../src/membership/index.ts'

interface Keys {
  signer: SiteSigner
  encryption: Array<{ id: Uint8Array, publicKey: Uint8Array, raw: Uint8Array }>
}

/**
 * One roster that every site sees at once: what membership itself may get wrong is
 * tested in its own room. Keys are made from the seed.
 */
export class SimMembership {
  readonly network: string
  readonly #random: SeededRandom
  readonly #keys = new Map<SiteId, Keys>()
  readonly #standing = new Map<SiteId, Standing>()
  /** Keys that others still believe in */
  readonly #frozen = new Map<SiteId, Keys['encryption'][number]>()
  readonly #patterns = new Map<SiteId, string[]>()
  readonly #rosterChanged = new Emitter<{ head: RosterHead, entries: Uint8Array[], sites: SiteId[] }>()
  readonly #recordsChanged = new Emitter<{ site: SiteId, signed: Uint8Array }>()

  constructor (network: string, random: SeededRandom) {
    this.network = network
    this.#random = random
  }

  admit (site: SiteId, capabilities: string[] = ['*']): void {
    this.#keys.set(site, {
      signer: syncSigner({ siteId: site, privateKey: ed25519FromRaw(this.#random.bytes(32)) }),
      encryption: []
    })
    this.#patterns.set(site, capabilities)
    this.rotate(site)
    this.judge(site, 'member')
  }

  /** Its admission was renewed with these */
  patterns (site: SiteId, capabilities: string[]): void {
    this.#patterns.set(site, capabilities)
    this.judge(site, 'member')
  }

  /** A new encryption key; the old ones open until `erase` */
  rotate (site: SiteId): void {
    const raw = this.#random.bytes(32)
    const { publicKey } = x25519FromRaw(raw)
    this.#keys.get(site)?.encryption.unshift({ id: keyId(publicKey), publicKey, raw })
    this.#recordsChanged.emit({ site, signed: new Uint8Array(0) })
  }

  eraseOld (site: SiteId): void {
    this.#keys.get(site)?.encryption.splice(1)
  }

  /** Others do not hear of new keys until `thaw` */
  freeze (site: SiteId): void {
    const key = this.#keys.get(site)?.encryption[0]

    if (key != null) {
      this.#frozen.set(site, key)
    }
  }

  thaw (site: SiteId): void {
    this.#frozen.delete(site)
    this.#recordsChanged.emit({ site, signed: new Uint8Array(0) })
  }

  judge (site: SiteId, standing: Standing): void {
    this.#standing.set(site, standing)
    this.#rosterChanged.emit({ head: { seq: 1, hash: new Uint8Array(32) }, entries: [], sites: [site] })
  }

  of (self: SiteId): Membership {
    const keys = this.#keys.get(self)

    if (keys == null) {
      throw new Error(`${self} was not admitted`)
    }

    const standing = (site: SiteId): Standing => this.#standing.get(site) ?? 'unknown'
    const member = (site: SiteId): Member | undefined => this.#member(site)

    return {
      self,
      signer: keys.signer,
      networkSecret: new Uint8Array(32),
      // the same array each time, as the interface asks
      privateKey: (id) => keys.encryption.find((key) => Buffer.compare(key.id, id) === 0)?.raw,
      roster: {
        network: this.network,
        genesis: new Uint8Array(32),
        authorityKey: new Uint8Array(32),
        head: () => ({ seq: 1, hash: new Uint8Array(32) }),
        member,
        members: () => [...this.#keys.keys()].map((site) => this.#member(site)).filter((member) => member != null),
        standing,
        entries: async () => [],
        accept: async () => ({ kind: 'accepted', added: 0 }),
        forked: false,
        changed: this.#rosterChanged
      },
      records: {
        get: (): SiteView | undefined => undefined,
        siteOfPeer: () => undefined,
        encryptionKey: (site) => {
          const key = standing(site) === 'member' ? this.#frozen.get(site) ?? this.#keys.get(site)?.encryption[0] : undefined

          return key == null ? undefined : { keyId: key.id, publicKey: key.publicKey }
        },
        accept: async () => 'known',
        own: () => new Uint8Array(0),
        publish: async () => {},
        versions: () => [],
        digest: () => new Uint8Array(32),
        signed: () => undefined,
        changed: this.#recordsChanged
      }
    } satisfies Membership
  }

  #member (site: SiteId): Member | undefined {
    const keys = this.#keys.get(site)

    return keys == null
      ? undefined
      : { site, signingKey: keys.signer.publicKey, organization: '', capabilities: this.#patterns.get(site) ?? [], notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER, admittedSeq: 1, admittedAt: 0 }
  }
}
