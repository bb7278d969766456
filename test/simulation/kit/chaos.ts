import { sleep } from './apps.ts'
import type { Ledger } from './ledger.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimBackup } from './sim-backup.ts'
import type { SimMembership } from './sim-membership.ts'
import type { SimNetwork } from './sim-network.ts'
import type { SimSite } from './sim-site.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Backups that are kept to restore from */
const BACKUPS = 6

interface ChaosInit {
  clock: VirtualClock
  random: SeededRandom
  network: SimNetwork
  membership: SimMembership
  ledger: Ledger
  sites: SimSite[]
}

interface Kept { site: SimSite, at: number, backup: SimBackup }

/** What goes wrong while the apps work: one event after the other, some of them long */
export class Chaos {
  over = false
  kills = 0
  cuts = 0
  jumps = 0
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
