import { creator, crew, sleep, worker } from './apps.ts'
import { check } from './invariants.ts'
import { Ledger } from './ledger.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimMembership } from './sim-membership.ts'
import { NO_FAULTS, SimNetwork } from './sim-network.ts'
import { SimSite } from './sim-site.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { AppContext } from './apps.ts'
import type { SimBackup } from './sim-backup.ts'
import type { Faults } from './sim-network.ts'
import type { SiteId } from '../../../src/core/ids.ts'
import type { Store } from '../../../src/store/index.ts'

export interface SimulationInit {
  seed: string
  /** @default 5 */
  sites?: number
  /** Tasks that each site's app creates. @default 20 */
  tasks?: number
  /** Instead of those that the seed gives */
  faults?: Partial<Faults>
  /** Breaks a site's store on purpose */
  sabotage?(store: Store, site: SimSite): Store
}

export interface SimulationReport {
  seed: string
  violations: string[]
  tasks: number
  answers: number
  versions: number
  /** Acknowledged ones */
  cancels: number
  /** Under leases: answers that came without theirs, claims of what another held, tries that failed */
  lost: number
  held: number
  failed: number
  kills: number
  cuts: number
  /** How often a clock was set */
  jumps: number
  restores: number
  /** Tasks, answers and cancels that restored sites had acknowledged and forgot; tasks that were offered to them again */
  forgotten: number
  again: number
  /** ms of virtual time */
  virtual: number
  /** Differs as soon as anything happened otherwise */
  fingerprint: string
}

const NETWORK = 'sim.net'

/** Backups that are kept to restore from */
const BACKUPS = 6

/** Longest time from healing to the arrival of what waited, ms */
const PROMPT = 5_000

/** Time for a few more polls once everything arrived, ms */
const POLLS = 20_000

/** Time without faults in which everything must arrive, ms */
const HEALING = 300_000

/**
 * Sites with apps that create and answer, while frames are lost, doubled and
 * overtaken, links break, bulk channels are cut, clocks differ and jump, keys change,
 * disks are full, daemons are killed and sites restored from backups. Then all is healed, and the invariants must hold.
 */
export async function simulate (init: SimulationInit): Promise<SimulationReport> {
  const random = new SeededRandom(init.seed)
  const clock = new VirtualClock()
  const network = new SimNetwork(clock, random, {
    loss: random.float() * 0.2,
    duplicate: random.float() * 0.2,
    delay: [1, random.int(2, 800)],
    cutBulk: random.float() * 0.3,
    ...init.faults
  })
  const membership = new SimMembership(NETWORK, random)
  const ledger = new Ledger(() => clock.monotonic())
  const sites = new Map<SiteId, SimSite>()
  const names = Array.from({ length: init.sites ?? 5 }, (_, i) => `s${i + 1}.${NETWORK}`)

  for (const site of names) {
    membership.admit(site)
    sites.set(site, new SimSite({
      site,
      network,
      membership,
      random,
      skew: random.int(-120_000, 120_000),
      wrap: init.sabotage,
      onEvent: (key, event) => { ledger.event(site, key, event) }
    }))
  }

  for (const site of sites.values()) {
    await clock.until(site.start())
  }

  network.connectAll()
  const chaos = new Chaos({ clock, random, network, membership, ledger, sites: [...sites.values()] })
  let created = false
  const context = (site: SimSite): AppContext => ({ site, ledger, clock, random, workers: names.flatMap((name) => [`worker.${name}`, `crew.${name}`]) })
  const creators = Promise.all([...sites.values()].map(async (site) => creator(context(site), init.tasks ?? 20)))
  const workers = [...sites.values()].flatMap((site) => [
    worker(context(site), () => created),
    ...['anna', 'ben'].map(async (name) => crew(context(site), name, () => created))
  ])
  const storm = chaos.run()

  await clock.until(creators)
  chaos.over = true
  await clock.until(storm)
  network.faults = NO_FAULTS
  network.heal()
  // a real link that lost a frame is down: what was lost on one is sent again when it is up
  network.breakAll()
  network.connectAll()
  const waited = waiting(sites)
  await clock.advance(PROMPT)
  const still = waiting(sites)
  // not asked of sites whose clock was set: they may refuse for a while, and are tried again with growing pauses
  const steady = (what: string): boolean => what.split(' ').every((word) => !chaos.jumped.has(word))
  waited.forEach((what) => { if (still.has(what) && steady(what)) { ledger.slow.push(what) } })
  await clock.advance(HEALING)
  ledger.healed = true
  await clock.advance(POLLS)
  created = true
  await clock.until(Promise.all(workers))
  await clock.advance(HEALING)

  const violations = check({ ledger, sites, network: NETWORK })
  const versions = [...ledger.versions.values()].flat()

  for (const site of sites.values()) {
    await clock.until(site.stop())
    site.core.close()
  }

  chaos.end()

  return {
    seed: init.seed,
    violations,
    tasks: ledger.posted,
    answers: ledger.answers.size,
    versions: versions.length,
    cancels: [...ledger.cancels.values()].filter(Boolean).length,
    ...ledger.seen,
    kills: chaos.kills,
    cuts: chaos.cuts,
    jumps: chaos.jumps,
    restores: chaos.restores,
    forgotten: ledger.forgotten,
    again: ledger.undone.tasks.size,
    virtual: clock.monotonic(),
    fingerprint: `${ledger.polls} ${versions.map(({ revision }) => revision).join(' ')} ${random.float()}`
  }
}

/** Every envelope that waits anywhere */
function waiting (sites: Map<SiteId, SimSite>): Set<string> {
  return new Set([...sites].flatMap(([site, { core, clock }]) => core.listWaiting({ limit: 10_000, now: clock.now() })
    .map(({ seq, kind, site: to }) => `${kind} ${seq} of ${site} for ${to}`)))
}

interface ChaosInit {
  clock: VirtualClock
  random: SeededRandom
  network: SimNetwork
  membership: SimMembership
  ledger: Ledger
  sites: SimSite[]
}

interface Kept { site: SimSite, at: number, backup: SimBackup }

class Chaos {
  over = false
  kills = 0
  cuts = 0
  jumps = 0
  /** Sites whose clock was set */
  readonly jumped = new Set<SiteId>()
  restores = 0
  readonly #clock: VirtualClock
  readonly #random: SeededRandom
  readonly #network: SimNetwork
  readonly #membership: SimMembership
  readonly #ledger: Ledger
  readonly #sites: SimSite[]
  readonly #running = new Set<Promise<void>>()
  /** The newest backups, of whichever sites */
  readonly #backups: Kept[] = []
  /** Sites whose clock is wrong now */
  readonly #wrong = new Set<SimSite>()

  constructor ({ clock, random, network, membership, ledger, sites }: ChaosInit) {
    this.#clock = clock
    this.#random = random
    this.#network = network
    this.#membership = membership
    this.#ledger = ledger
    this.#sites = sites
  }

  async run (): Promise<void> {
    while (!this.over) {
      await sleep(this.#clock, this.#random.int(50, 1_000))
      const [a, b] = this.#random.sample(this.#sites, 2)
      const event: Promise<void> = this.#random.pick([
        async () => this.#kill(a),
        async () => this.#kill(a),
        async () => this.#partition(a, b),
        async () => {
          this.cuts++
          this.#network.breakLink(a.site, b.site)
          this.#network.dial(a.site, b.site)
        },
        async () => { this.#membership.rotate(a.site) },
        async () => this.#fillDisk(a),
        async () => { a.clock.skew += this.#random.int(-2_000, 2_000) },
        async () => this.#jump(a),
        async () => this.#backup(a),
        async () => this.#restore()
      ])().finally(() => { this.#running.delete(event) })
      this.#running.add(event)
    }

    await Promise.all(this.#running)
  }

  async #kill (site: SimSite): Promise<void> {
    if (!site.up) {
      return
    }

    this.kills++
    site.kill()
    await sleep(this.#clock, this.#random.int(100, 6_000))
    await this.#start(site)
  }

  async #start (site: SimSite): Promise<void> {
    await site.start()

    for (const other of this.#sites) {
      if (other !== site) {
        this.#network.dial(site.site, other.site)
      }
    }
  }

  async #backup (site: SimSite): Promise<void> {
    if (!site.up) {
      return
    }

    const at = this.#clock.monotonic()
    this.#backups.push({ site, at, backup: await this.#clock.hold(site.backup()) })
    this.#backups.splice(0, Math.max(0, this.#backups.length - BACKUPS)).forEach(({ backup }) => { backup.close() })
  }

  /** From any backup there is, again and again from the same one */
  async #restore (): Promise<void> {
    if (this.#backups.length === 0) {
      return
    }

    const { site, at, backup } = this.#random.pick(this.#backups)

    // whoever restores a site sees to its clock
    if (!site.up || this.#wrong.has(site) || site.clock.now() <= backup.mark || this.restores >= this.#sites.length) {
      return
    }

    this.restores++
    site.kill()
    site.restore(backup)
    this.#ledger.restored(site.site, at, site.core.incarnation)
    await sleep(this.#clock, this.#random.int(3_000, 6_000))
    await this.#start(site)
  }

  end (): void {
    this.#backups.forEach(({ backup }) => { backup.close() })
  }

  async #fillDisk (site: SimSite): Promise<void> {
    site.diskFull = true
    await sleep(this.#clock, this.#random.int(100, 4_000))
    site.diskFull = false
  }

  /** Somebody sets the clock: back by up to a day, or ahead by a little more than is forgiven, and right again */
  async #jump (site: SimSite): Promise<void> {
    if (this.#wrong.has(site)) {
      return
    }

    this.jumps++
    this.jumped.add(site.site)
    const by = this.#random.chance(0.5) ? -this.#random.int(10_000, 86_400_000) : this.#random.int(10_000, 90_000)

    this.#wrong.add(site)
    site.clock.skew += by
    await sleep(this.#clock, this.#random.int(1_000, 20_000))
    site.clock.skew -= by
    this.#wrong.delete(site)
  }

  async #partition (a: SimSite, b: SimSite): Promise<void> {
    this.cuts++
    this.#network.partition(a.site, b.site)
    await sleep(this.#clock, this.#random.int(500, 10_000))
    this.#network.heal(a.site, b.site)
    this.#network.dial(a.site, b.site)
  }
}
