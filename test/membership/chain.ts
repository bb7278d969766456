import { ed25519FromRaw } from '../../src/core/ed25519.ts'
import { createSigner, verifyEd25519 } from '../../src/core/ed25519.ts'
import { silentLog } from '../../src/core/log.ts'
import { rawPublicKey } from '../../src/core/raw-keys.ts'
import { owned } from '../../src/membership/bytes.ts'
import { Admit, Genesis, Recover, Renew, Revoke, RotateAuthority } from '../../src/membership/pb/membership.ts'
import { signEntry } from '../../src/membership/roster/entry.ts'
import { KIND } from '../../src/membership/roster/kinds.ts'
import { RosterLog } from '../../src/membership/roster/roster.ts'
import { appendOf } from '../../src/membership/roster/stored.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Verify } from '../../src/core/identity.ts'
import type { DecodedEntry } from '../../src/membership/roster/entry.ts'
import type { Admission } from '../../src/membership/roster/statements.ts'
import type { Store } from '../../src/store/index.ts'
import type { KeyObject } from 'node:crypto'

export const T0 = 1_760_000_000_000
export const YEAR = 365 * 86_400_000

/** Every key of the tests comes from a number, so that a failure repeats */
export function keyOf (seed: number): KeyObject {
  const raw = new Uint8Array(32)
  new DataView(raw.buffer).setUint32(0, seed)

  return ed25519FromRaw(raw)
}

export function publicKeyOf (seed: number): Uint8Array<ArrayBuffer> {
  return rawPublicKey(keyOf(seed))
}

export const AUTHORITY = 1
export const RECOVERY = 2

export interface LinkOptions { key?: number, at?: number, critical?: boolean, seq?: number, prev?: Uint8Array }

/** The log of one imagined authority, entry by entry */
export class Chain {
  readonly network: string
  readonly entries: DecodedEntry[]

  private constructor (network: string, entries: DecodedEntry[]) {
    this.network = network
    this.entries = entries
  }

  static async found ({ network = 'net', authority = AUTHORITY, recovery = RECOVERY, nonce = 0, signedBy = authority }: { network?: string, authority?: number, recovery?: number, nonce?: number, signedBy?: number } = {}): Promise<Chain> {
    const body = Genesis.encode({ network, authority: publicKeyOf(authority), recovery: publicKeyOf(recovery), nonce: new Uint8Array(32).fill(nonce) })

    return new Chain(network, [await sign({ seq: 0, prev: new Uint8Array(), at: T0, kind: KIND.genesis, critical: true, body }, signedBy)])
  }

  get head (): DecodedEntry {
    return this.entries[this.entries.length - 1]
  }

  get raws (): Uint8Array[] {
    return this.entries.map(({ raw }) => raw)
  }

  /** A chain of its own with the first `length` entries */
  branch (length: number): Chain {
    return new Chain(this.network, this.entries.slice(0, length))
  }

  async link (kind: number, body: Uint8Array, { key = AUTHORITY, at = T0 + this.entries.length, critical = true, seq = this.head.entry.seq + 1, prev = this.head.hash }: LinkOptions = {}): Promise<this> {
    this.entries.push(await sign({ seq, prev, at, kind, critical, body }, key))

    return this
  }

  async admit (site: string, signingKey: number, change: Partial<Admission> = {}, options?: LinkOptions): Promise<this> {
    return this.link(KIND.admit, Admit.encode({
      site: `${site}.${this.network}`,
      organization: '',
      capabilities: ['*'],
      notBefore: T0,
      notAfter: T0 + YEAR,
      ...change,
      signingKey: owned(change.signingKey ?? publicKeyOf(signingKey))
    }), options)
  }

  async renew (site: string, notAfter: number, options?: LinkOptions): Promise<this> {
    return this.link(KIND.renew, Renew.encode({ site: `${site}.${this.network}`, notAfter }), options)
  }

  async revoke (site: string, reason: string = '', options?: LinkOptions): Promise<this> {
    return this.link(KIND.revoke, Revoke.encode({ site: `${site}.${this.network}`, reason }), options)
  }

  async rotate (authority: number, options?: LinkOptions): Promise<this> {
    return this.link(KIND.rotateAuthority, RotateAuthority.encode({ authority: publicKeyOf(authority) }), options)
  }

  async recover (authority: number, change: Partial<Recover> = {}, options: LinkOptions = {}): Promise<this> {
    return this.link(KIND.recover, Recover.encode({
      ancestorSeq: this.head.entry.seq,
      ancestorHash: owned(this.head.hash),
      authority: publicKeyOf(authority),
      ...change
    }), { key: RECOVERY, ...options })
  }
}

async function sign (facts: Parameters<typeof signEntry>[0], key: number): Promise<DecodedEntry> {
  const signer = createSigner({ siteId: '', privateKey: keyOf(key) })

  return signEntry(facts, async data => signer.sign(data))
}

export interface Keeper { roster: RosterLog, store: Store, verifications(): number, reload(): Promise<RosterLog> }

/** A member that holds the first `length` entries, in a real store */
export async function keep (chain: Chain, length: number = 1, clock: Pick<Clock, 'now'> = { now: () => T0 + 1_000 }): Promise<Keeper> {
  const store = inProcessStore(openCore({ path: ':memory:' }))
  let count = 0
  const verify: Verify = async (...input) => {
    count++

    return verifyEd25519(...input)
  }
  const reload = async (): Promise<RosterLog> => RosterLog.load({ store, verify, clock, log: silentLog })

  await store.appendRoster(appendOf(undefined, chain.entries.slice(0, length)))

  return { roster: await reload(), store, verifications: () => count, reload }
}
