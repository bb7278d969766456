import { equals } from 'uint8arrays/equals'
import { Emitter } from '../../core/bus.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { ADMISSION_SKEW } from '../limits.ts'
import { Serial } from '../serial.ts'
import { nextRecord } from './own.ts'
import { decodeRecord, decodeStoredRecord, nameOfRecord, signRecord, verifyRecord } from './record.ts'
import { VersionList } from './version-list.ts'
import type { OwnFacts } from './own.ts'
import type { DecodedRecord } from './record.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteSigner, Verify } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Store } from '../../store/index.ts'
import type { Member, RecordVersion, Roster, SiteRecords, SiteView } from '../index.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

export interface SiteRecordsComponents {
  store: Store
  roster: Roster
  signer: SiteSigner
  /** Key of this daemon's peer id */
  peerKey: Ed25519PrivateKey
  verify: Verify
  clock: Pick<Clock, 'now'>
  log: Log
}

interface Held extends DecodedRecord {
  /** Signing key under which it was verified */
  signingKey: Uint8Array
}

/**
 * The records of all sites as this daemon holds them. A record counts as long as its
 * site has the signing key that signed it; whether the site is a member is asked of
 * the roster each time.
 */
export class SiteRecordBook implements SiteRecords {
  readonly changed = new Emitter<{ site: SiteId, signed: Uint8Array }>()

  readonly #components: SiteRecordsComponents
  readonly #serial = new Serial()
  readonly #held = new Map<SiteId, Held>()
  readonly #sites = new Map<string, SiteId>()
  readonly #versions: VersionList

  private constructor (components: SiteRecordsComponents) {
    this.#components = components
    this.#versions = new VersionList({ ...components, held: () => this.#held.values() })
    components.roster.changed.subscribe(({ sites }) => { this.#forgetOldKeys(sites) })
  }

  /**
   * Records were verified before they were stored. Only where a site was admitted
   * more than once may one be left that an earlier key signed; those are verified again.
   * `readmitted` tells whether a site had another signing key before.
   */
  static async load (components: SiteRecordsComponents, readmitted: (site: SiteId) => boolean): Promise<SiteRecordBook> {
    const { store, roster, verify, log } = components
    const book = new SiteRecordBook(components)

    for (const row of await store.listRecords({})) {
      const member = roster.member(row.site)
      const record = decodeStoredRecord(row.record)

      if (member == null || (readmitted(row.site) && !await verifyRecord(record, roster.genesis, member.signingKey, verify))) {
        log.info({ site: row.site }, 'a stored site record is left aside: its site was admitted anew with another key')
        continue
      }

      book.#hold(record, member)
    }

    return book
  }

  get (site: SiteId): SiteView | undefined {
    return this.#held.get(site)?.view
  }

  signed (site: SiteId): Uint8Array | undefined {
    return this.#held.get(site)?.raw
  }

  siteOfPeer (peerId: string): SiteId | undefined {
    const site = this.#sites.get(peerId)

    return site != null && this.#isMember(site) ? site : undefined
  }

  encryptionKey (site: SiteId): { keyId: Uint8Array, publicKey: Uint8Array } | undefined {
    if (!this.#isMember(site)) {
      return
    }

    const now = this.#components.clock.now()
    const newest = (this.#held.get(site)?.view.keys ?? [])
      // a key made just now by a site whose clock is ahead is good
      .filter(({ notBefore, notAfter }) => notBefore <= now + ADMISSION_SKEW && now < notAfter)
      .reduce<SiteView['keys'][number] | undefined>((best, key) => best == null || key.notBefore > best.notBefore ? key : best, undefined)

    return newest == null ? undefined : { keyId: newest.id, publicKey: newest.publicKey }
  }

  versions (): readonly RecordVersion[] {
    return this.#versions.versions()
  }

  digest (): Uint8Array {
    return this.#versions.digest()
  }

  own (): Uint8Array {
    return this.#own().raw
  }

  async accept (signed: Uint8Array): Promise<'new' | 'known' | 'refused'> {
    const name = nameOfRecord(signed)

    // of one site's news each of the others brings a copy
    if (name != null && this.#isMember(name.site) && equals(this.#held.get(name.site)?.raw ?? new Uint8Array(), signed)) {
      return 'known'
    }

    let record: DecodedRecord

    try {
      record = decodeRecord(signed)
    } catch (error) {
      if (error instanceof InvalidInputError) {
        return this.#refuse(undefined, error.message)
      }

      throw error
    }

    return this.#serial.run(async () => this.#judge(record))
  }

  async publish (facts: OwnFacts): Promise<void> {
    await this.#serial.run(async () => this.#publish(facts))
  }

  /** A new own record with these encryption keys and everything else as it is; rejects when it cannot be kept */
  async publishKeys (keys: SiteView['keys']): Promise<void> {
    await this.#serial.run(async () => this.#publish(this.#own().view, 0, keys))
  }

  async #judge (record: DecodedRecord): Promise<'new' | 'known' | 'refused'> {
    const { roster, signer, verify } = this.#components
    const { site, sequence, peers } = record.view
    const member = roster.member(site)
    const held = this.#held.get(site)

    if (record.network !== roster.network || member == null || !this.#isMember(site)) {
      return this.#refuse(site, `its site is ${roster.standing(site)} here`)
    }

    // the cheap answers before the dear check
    if (held != null && (held.view.sequence > sequence || equals(held.raw, record.raw))) {
      return 'known'
    }

    if (!await verifyRecord(record, roster.genesis, member.signingKey, verify)) {
      return this.#refuse(site, 'its signatures are not those of the site and its daemons')
    }

    if (site === signer.siteId) {
      return this.#outrun(record)
    }

    if (held?.view.sequence === sequence) {
      return this.#refuse(site, 'it differs from the one of the same sequence that came first')
    }

    const taken = peers.find(peer => ![undefined, site].includes(this.siteOfPeer(peer)))

    if (taken != null) {
      return this.#refuse(site, `it certifies the peer ${taken}, which another site certified first`)
    }

    await this.#keep(record, member, held == null)

    return 'new'
  }

  /**
   * A record that this site signed and does not hold: the store was restored from a
   * backup. The present facts go out again under a later sequence.
   */
  async #outrun (record: DecodedRecord): Promise<'known'> {
    this.#components.log.warn({ sequence: record.view.sequence }, 'another site holds a later record of this site than this site itself: publishing anew')
    await this.#publish(this.#own().view, record.view.sequence)

    return 'known'
  }

  async #publish (facts: OwnFacts, outrun: number = 0, keys?: SiteView['keys']): Promise<void> {
    const { roster, signer, peerKey, clock, log } = this.#components
    const member = roster.member(signer.siteId)

    if (member == null || !equals(member.signingKey, signer.publicKey)) {
      log.warn({ site: signer.siteId }, 'the roster has no place for this site and its key any more: nobody would take its record')
      return
    }

    const next = await nextRecord({ present: this.#own(), facts, outrun, network: roster.network, genesis: roster.genesis, peerKey, now: clock.now(), keys })

    if (next == null) {
      return
    }

    const raw = await signRecord(next, roster.genesis, async data => signer.sign(data))
    // what this site says must be what others take
    await this.#keep(decodeRecord(raw), member, false)
  }

  async #keep (record: DecodedRecord, member: Member, replace: boolean): Promise<void> {
    const { site, sequence } = record.view
    // when no record is held, the stored one, if any, is of an earlier key
    await this.#components.store.putRecord({ site, sequence, record: record.raw, ...(replace ? { replace } : {}) })
    this.#hold(record, member)
    this.changed.emit({ site, signed: record.raw })
  }

  /** For a record that was stored together with the site's admission */
  adopt (signed: Uint8Array): void {
    const record = decodeRecord(signed)
    const member = this.#components.roster.member(record.view.site)

    if (member != null) {
      this.#hold(record, member)
      this.changed.emit({ site: record.view.site, signed })
    }
  }

  #hold (record: DecodedRecord, { signingKey }: Member): void {
    this.#release(record.view.site)
    this.#versions.forget()
    this.#held.set(record.view.site, { ...record, signingKey })
    record.view.peers.forEach(peer => this.#sites.set(peer, record.view.site))
  }

  #release (site: SiteId): void {
    for (const peer of this.#held.get(site)?.view.peers ?? []) {
      if (this.#sites.get(peer) === site) {
        this.#sites.delete(peer)
      }
    }

    this.#held.delete(site)
    this.#versions.forget()
  }

  #forgetOldKeys (sites: SiteId[]): void {
    // the own record is kept in any case: it is what this daemon says of itself
    for (const site of sites.filter(site => site !== this.#components.signer.siteId)) {
      const held = this.#held.get(site)
      const member = this.#components.roster.member(site)

      if (held != null && (member == null || !equals(held.signingKey, member.signingKey))) {
        this.#release(site)
      }
    }
  }

  #own (): Held {
    const own = this.#held.get(this.#components.signer.siteId)

    if (own == null) {
      throw new Error('the own site record is missing from the store')
    }

    return own
  }

  #isMember (site: SiteId): boolean {
    return this.#components.roster.standing(site) === 'member'
  }

  #refuse (site: SiteId | undefined, reason: string): 'refused' {
    this.#components.log.debug({ site, reason }, 'a site record was refused')

    return 'refused'
  }
}
