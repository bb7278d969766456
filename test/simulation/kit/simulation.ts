import { creator, crew, worker } from './apps.ts'
import { Chaos } from './chaos.ts'
import { check } from './invariants.ts'
import { Ledger } from './ledger.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimMembership } from './sim-membership.ts'
import { NO_FAULTS, SimNetwork } from './sim-network.ts'
import { SimSite } from './sim-site.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { AppContext } from './apps.ts'
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
  // a site whose clock was ahead takes nothing until the true time has come that far: not asked of those
  const paused = new Set([...sites.values()].filter((site) => site.tasks.paused() != null).map(({ site }) => site))
  await clock.advance(PROMPT)
  const still = waiting(sites)
  const asked = (what: string): boolean => what.split(' ').every((word) => !paused.has(word))
  waited.forEach((what) => { if (still.has(what) && asked(what)) { ledger.slow.push(what) } })
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
