import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { foundNetwork } from '../../src/membership/found.ts'
import { completeJoin, prepareJoin } from '../../src/membership/join/index.ts'
import { loadMembership } from '../../src/membership/load.ts'
import { peerIdOf } from '../../src/membership/records/peer-proof.ts'
import { EnrollAnswer } from '../../src/protocols/enroll/pb/enroll.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import type { Verify } from '../../src/core/identity.ts'
import type { FoundedNetwork } from '../../src/membership/found.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'
import type { PreparedJoin } from '../../src/membership/join/index.ts'
import type { Store, StoreCore } from '../../src/store/index.ts'

export const ADDRESS = '/ip4/127.0.0.1/tcp/4001'

/** A clock that a test sets */
export class TestClock {
  time: number

  constructor (time: number = systemClock.now()) {
    this.time = time
  }

  now (): number {
    return this.time
  }

  monotonic (): number {
    return this.time
  }
}

/** One site with its directory and store; the store is real, in memory */
export interface TestSite {
  dir: string
  core: StoreCore
  store: Store
}

/** Directories and stores of one test, removed at its end */
export class TestBench {
  readonly clock = new TestClock()
  readonly #dirs: string[] = []
  readonly #stores: Store[] = []

  async dir (): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'beam-membership-'))
    this.#dirs.push(dir)

    return dir
  }

  async site (): Promise<TestSite> {
    const dir = join(await this.dir(), 'site')
    const core = openCore({ path: ':memory:' })
    const store = inProcessStore(core)
    this.#stores.push(store)

    return { dir, core, store }
  }

  async found (network: string = 'net.example', site: string = 'founder'): Promise<TestSite & { founded: FoundedNetwork }> {
    const at = await this.site()
    const founded = await foundNetwork({ ...at, network, site, recoveryFile: join(at.dir, '..', 'recovery.key'), clock: this.clock, random: systemRandom })

    return { ...at, founded }
  }

  async load (site: TestSite, verify: Verify = verifyEd25519): Promise<LoadedMembership> {
    return loadMembership({ ...site, clock: this.clock, random: systemRandom, log: silentLog, verify })
  }

  async prepare (dir: string, ticket: string, organization?: string): Promise<PreparedJoin> {
    return prepareJoin({ dir, ticket, organization, clock: this.clock, random: systemRandom })
  }

  async complete (site: TestSite, prepared: PreparedJoin, answers: Uint8Array[]): ReturnType<typeof completeJoin> {
    return completeJoin({ ...site, prepared, answers: answers.map(answer => EnrollAnswer.decode(answer)), clock: this.clock, log: silentLog })
  }

  /** A whole join over function calls, as the network would carry it */
  async join (inviter: LoadedMembership, name: string, capabilities: string[] = ['*']): Promise<TestSite & { membership: LoadedMembership }> {
    const site = await this.site()
    const { ticket } = await invite(inviter, name, { capabilities })
    const prepared = await this.prepare(site.dir, ticket)
    await this.complete(site, prepared, await redeem(inviter, prepared))

    return { ...site, membership: await this.load(site) }
  }

  async clean (): Promise<void> {
    await Promise.all(this.#stores.map(async store => store.close()))
    await Promise.all(this.#dirs.map(async dir => rm(dir, { recursive: true, force: true })))
  }
}

export async function invite ({ authority, peerKey }: LoadedMembership, site: string, options: { capabilities?: string[], lifetime?: number, organization?: string } = {}): Promise<{ ticket: string, expires: number, site: string }> {
  if (authority == null) {
    throw new Error('this site has no authority')
  }

  return authority.invite({ capabilities: [], ...options, site, addresses: [ADDRESS], peer: peerIdOf(peerKey) })
}

export async function redeem ({ authority, peerKey }: LoadedMembership, { request, peerId }: Pick<PreparedJoin, 'request' | 'peerId'>): Promise<Uint8Array[]> {
  if (authority == null) {
    throw new Error('this site has no authority')
  }

  return authority.redeem(request, { joiner: peerId, inviter: peerIdOf(peerKey) })
}
