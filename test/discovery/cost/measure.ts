import { Fleet } from '../kit/fleet.ts'
import { Meter } from './meter.ts'
import { wire } from './wire.ts'
import type { Count } from './meter.ts'
import type { Wire } from './wire.ts'
import type { FleetSite } from '../kit/fleet.ts'
import type { SingleKadDHT } from '@libp2p/kad-dht'

export interface IdleInit {
  servers: number
  clients: number
  /** Links that a site keeps without a reason. @default 64 */
  maxLinks?: number
  /** Before anything is counted, ms */
  settle: number
  /** Counted, ms */
  during: number
  onProgress(line: string): void
}

/** Of an average site in an hour, what it sends; as much comes to it */
export interface Idle {
  sites: number
  servers: number
  minutes: number
  kinds: Array<Count & { kind: string }>
  /** Questions in the DHT by what they are for */
  reasons: Record<string, number>
  /** Connections that it opened */
  dials: number
  /** That it has: at the beginning, at the end */
  links: [number, number]
  /** With all headers and acknowledgements */
  wire: Wire
  /** Share of one core, per cent, for each site */
  cpu: number
}

const HOUR = 3_600_000

/** What stands in the DHT's class and not in its interface */
interface Walks {
  querySelf: { peerRouting: Walker }
  routingTableRefresh: { peerRouting: Walker }
  contentRouting: { peerRouting: Walker }
}

type Walker = Pick<SingleKadDHT, 'getClosestPeers'>

/** A fleet that has nothing to do, each client with one worker announced, alone in its network namespace */
export async function measureIdle ({ servers, clients, maxLinks, settle, during, onProgress }: IdleInit): Promise<Idle> {
  const meter = new Meter()
  const fleet = await Fleet.start({ servers, clients, maxLinks, onProgress: (joined, of) => { onProgress(`${joined} of ${of} sites joined`) } })

  try {
    const counters = fleet.all.map(site => watch(site))

    for (const { site, workers } of fleet.clients) {
      await workers.announce(`w.${site.id}`, [`work-at-${site.id.split('.')[0]}`], 86_400_000)
    }

    onProgress(`settling for ${settle / 1_000} s`)
    await pause(settle)

    const begin = performance.now()
    const wireBefore = wire()
    const cpuBefore = process.cpuUsage()
    const linksBefore = linksOf(fleet)
    meter.reset()
    counters.forEach(counter => { counter.reset() })
    onProgress(`counting for ${during / 60_000} min`)
    await pause(during)

    const share = HOUR / (performance.now() - begin) / fleet.all.length
    const { packets, bytes } = wire()
    const cpu = process.cpuUsage(cpuBefore)

    return {
      sites: fleet.all.length,
      servers,
      minutes: during / 60_000,
      kinds: meter.kinds.map(({ kind, messages, bytes }) => ({ kind, messages: messages * share, bytes: bytes * share })),
      reasons: summed(counters.map(({ asked }) => asked), share),
      dials: counters.reduce((sum, { dials }) => sum + dials, 0) * share,
      links: [linksBefore, linksOf(fleet)],
      wire: { packets: (packets - wireBefore.packets) * share, bytes: (bytes - wireBefore.bytes) * share },
      cpu: (cpu.user + cpu.system) / 10 / (performance.now() - begin) / fleet.all.length
    }
  } finally {
    meter.stop()
    await fleet.stop()
  }
}

interface Counter {
  asked: Record<string, number>
  dials: number
  reset(): void
}

/** Connections that a site opens, and what its DHT asks for which reason */
function watch ({ site }: FleetSite): Counter {
  const { node } = site.network
  const walks = node.services.dht as unknown as Walks
  const counter: Counter = {
    asked: {},
    dials: 0,
    reset: () => {
      counter.asked = {}
      counter.dials = 0
    }
  }

  for (const [reason, owner] of [['own neighbours', walks.querySelf], ['refresh of the table', walks.routingTableRefresh], ['announcing', walks.contentRouting]] as const) {
    const walker = owner.peerRouting

    owner.peerRouting = {
      async * getClosestPeers (...args) {
        for await (const event of walker.getClosestPeers(...args)) {
          if (event.name === 'SEND_QUERY') {
            counter.asked[reason] = (counter.asked[reason] ?? 0) + 1
          }

          yield event
        }
      }
    }
  }

  node.addEventListener('connection:open', ({ detail }) => { counter.dials += Number(detail.direction === 'outbound') })

  return counter
}

function linksOf (fleet: Fleet): number {
  return fleet.all.reduce((sum, { site }) => sum + site.network.links.up().length, 0) / fleet.all.length
}

function summed (counts: Array<Record<string, number>>, share: number): Record<string, number> {
  const sum: Record<string, number> = {}

  for (const [reason, count] of counts.flatMap(count => Object.entries(count))) {
    sum[reason] = (sum[reason] ?? 0) + count * share
  }

  return sum
}

async function pause (ms: number): Promise<void> {
  await new Promise(resolve => { setTimeout(resolve, ms) })
}
