import { Emitter } from '../../../src/core/bus.ts'
import { UnreachableError } from '../../../src/core/errors.ts'
import { Frame } from '../../../src/protocols/control/pb/control.ts'
import { channelPair } from './sim-channel.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimChannel } from './sim-channel.ts'
import type { SiteClock, VirtualClock } from './virtual-clock.ts'
import type { SiteId } from '../../../src/core/ids.ts'
import type { BulkChannel, Links } from '../../../src/network/index.ts'

/** What may go wrong, as probabilities and ms of virtual time */
export interface Faults {
  /** A frame vanishes */
  loss: number
  /** A frame comes twice */
  duplicate: number
  /** Each frame takes its own time between these: later ones overtake */
  delay: [number, number]
  /** A bulk channel is cut at a message */
  cutBulk: number
}

export const NO_FAULTS: Faults = { loss: 0, duplicate: 0, delay: [1, 1], cutBulk: 0 }

/** How long a link takes to come up once somebody wants it, ms */
const DIAL = 20

interface Attached {
  links: SimLinks
  clock: SiteClock
  incarnation: number
}

/**
 * A network of sites in one process. A real link never loses or reorders frames
 * while it is up; this one does, because nothing above it may rely on that.
 */
export class SimNetwork {
  faults: Faults
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly #sites = new Map<SiteId, Attached>()
  /** Pairs with a link, with the number of that link */
  readonly #up = new Map<string, number>()
  readonly #cut = new Set<string>()
  #generation = 0
  readonly #channels = new Set<{ pair: string, channels: [SimChannel, SimChannel] }>()

  constructor (clock: VirtualClock, random: SeededRandom, faults: Faults = NO_FAULTS) {
    this.clock = clock
    this.random = random
    this.faults = faults
  }

  attach (site: SiteId, clock: SiteClock, incarnation: number = 1): SimLinks {
    const links = new SimLinks(this, site)
    this.#sites.set(site, { links, clock, incarnation })

    return links
  }

  /** Whether these are the links of the site as it runs now, and not of a life that was killed */
  isLive (site: SiteId, links: SimLinks): boolean {
    return this.#sites.get(site)?.links === links
  }

  /** The machine is gone: its links break at the others */
  detach (site: SiteId): void {
    this.#sites.delete(site)

    for (const pair of [...this.#up.keys()]) {
      if (pair.split(' ').includes(site)) {
        this.#down(pair)
      }
    }
  }

  /** No link between the two until `heal` */
  partition (a: SiteId, b: SiteId): void {
    this.#cut.add(pairOf(a, b))
    this.#down(pairOf(a, b))
  }

  heal (a?: SiteId, b?: SiteId): void {
    if (a != null && b != null) {
      this.#cut.delete(pairOf(a, b))
    } else {
      this.#cut.clear()
    }
  }

  breakAll (): void {
    for (const pair of [...this.#up.keys()]) {
      this.#down(pair)
    }
  }

  /** The link breaks; it may come back at once */
  breakLink (a: SiteId, b: SiteId): void {
    this.#down(pairOf(a, b))
  }

  dial (a: SiteId, b: SiteId): void {
    this.clock.setTimeout(() => { this.connect(a, b) }, DIAL)
  }

  connect (a: SiteId, b: SiteId): void {
    const pair = pairOf(a, b)

    if (a === b || this.#up.has(pair) || this.#cut.has(pair) || !this.#sites.has(a) || !this.#sites.has(b)) {
      return
    }

    this.#up.set(pair, ++this.#generation)
    this.#sites.get(a)?.links.linkUp.emit(b)
    this.#sites.get(b)?.links.linkUp.emit(a)
  }

  connectAll (): void {
    const sites = [...this.#sites.keys()]
    sites.forEach((a, i) => { sites.slice(i + 1).forEach((b) => { this.connect(a, b) }) })
  }

  isUp (a: SiteId, b: SiteId): boolean {
    return this.#up.has(pairOf(a, b))
  }

  peersOf (site: SiteId): SiteId[] {
    return [...this.#sites.keys()].filter((other) => other !== site && this.isUp(site, other))
  }

  /** What the other machine's clock shows beyond ours */
  offset (from: SiteId, to: SiteId): number {
    return (this.#sites.get(to)?.clock.skew ?? 0) - (this.#sites.get(from)?.clock.skew ?? 0)
  }

  /** What the other site's Hello says of its store's life */
  incarnation (from: SiteId, to: SiteId): number | undefined {
    return this.isUp(from, to) ? this.#sites.get(to)?.incarnation : undefined
  }

  send (from: SiteId, to: SiteId, frame: Partial<Frame>): boolean {
    const link = this.#up.get(pairOf(from, to))

    if (link == null) {
      return false
    }

    // the wire's own form: what does not survive it shows here
    const bytes = Frame.encode(frame)

    if (this.random.chance(this.faults.loss)) {
      return true
    }

    const copies = this.random.chance(this.faults.duplicate) ? 2 : 1

    for (let i = 0; i < copies; i++) {
      const [least, most] = this.faults.delay
      this.clock.setTimeout(() => {
        if (this.#up.get(pairOf(from, to)) === link) {
          this.#sites.get(to)?.links.deliver(from, Frame.decode(bytes))
        }
      }, least + this.random.float() * (most - least))
    }

    return true
  }

  async openBulk (from: SiteId, to: SiteId): Promise<BulkChannel> {
    const pair = pairOf(from, to)
    const handler = this.#sites.get(to)?.links.bulkHandler

    if (!this.#up.has(pair) || handler == null) {
      throw new UnreachableError(`no link from ${from} to ${to}`)
    }

    const channels = channelPair({
      clock: this.clock,
      cut: () => this.random.chance(this.faults.cutBulk),
      delay: () => this.faults.delay[0]
    })
    const entry = { pair, channels }
    this.#channels.add(entry)
    channels[0].ended.push(() => { this.#channels.delete(entry) })
    void handler(from, channels[1])

    return channels[0]
  }

  #down (pair: string): void {
    if (!this.#up.delete(pair)) {
      return
    }

    for (const entry of [...this.#channels]) {
      if (entry.pair === pair) {
        entry.channels[0].cut()
      }
    }

    const [a, b] = pair.split(' ')
    this.#sites.get(a)?.links.linkDown.emit(b)
    this.#sites.get(b)?.links.linkDown.emit(a)
  }
}

export class SimLinks implements Links {
  readonly linkUp = new Emitter<SiteId>()
  readonly linkDown = new Emitter<SiteId>()
  readonly frames = new Emitter<{ site: SiteId, frame: Frame, done(): void }>()
  /** Frames whose `done` was not called yet */
  undone = 0
  bulkHandler?: (site: SiteId, channel: BulkChannel) => Promise<void>
  readonly #network: SimNetwork
  readonly #site: SiteId

  constructor (network: SimNetwork, site: SiteId) {
    this.#network = network
    this.#site = site
  }

  /** What a killed process still had in hand never leaves, whatever its timers do */
  get #live (): boolean { return this.#network.isLive(this.#site, this) }

  isUp (site: SiteId): boolean { return this.#live && this.#network.isUp(this.#site, site) }
  up (): SiteId[] { return this.#live ? this.#network.peersOf(this.#site) : [] }
  send (site: SiteId, frame: Partial<Frame>): boolean { return this.#live && this.#network.send(this.#site, site, frame) }
  want (site: SiteId): void { if (this.#live) { this.#network.dial(this.#site, site) } }
  clockOffset (site: SiteId): number { return this.#network.offset(this.#site, site) }
  incarnation (site: SiteId): number | undefined { return this.#network.incarnation(this.#site, site) }

  async openBulk (site: SiteId): Promise<BulkChannel> {
    if (!this.#live) {
      throw new UnreachableError('this process was killed')
    }

    return this.#network.openBulk(this.#site, site)
  }

  handleBulk (handler: (site: SiteId, channel: BulkChannel) => Promise<void>): void { this.bulkHandler = handler }

  deliver (site: SiteId, frame: Frame): void {
    this.undone++
    let done = false
    this.frames.emit({
      site,
      frame,
      done: () => {
        if (done) {
          throw new Error('a frame was said to be done twice')
        }

        done = true
        this.undone--
      }
    })
  }
}

function pairOf (a: SiteId, b: SiteId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
