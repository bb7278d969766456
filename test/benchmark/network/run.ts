import { runFailover } from '../../faults/failover.ts'
import { MIB, soak } from '../../network/soak/soak.ts'
import { measure } from '../measure.ts'
import { appAt } from '../scenarios/app.ts'
import { roundTrips } from '../scenarios/round-trip.ts'
import { lookUps } from './look-ups.ts'
import { mail } from './mail.ts'
import { NetworkSites } from './sites.ts'
import type { Figure } from './figure.ts'
import type { NetworkSitesInit } from './sites.ts'
import type { MeasureInit } from '../measure.ts'
import type { Measured } from '../render.ts'
import type { Scenario } from '../scenario.ts'

export interface NetworkInit extends MeasureInit, NetworkSitesInit {
  /** Round trips in flight */
  inFlight: number
  /** Envelopes left and collected in each round; 0 leaves this out */
  mail: number
  /** For look-ups; 0 leaves this out */
  sites: number
  /** Through the relay in each round; 0 leaves this out */
  mib: number
  /** Each pair of them on a circuit when the relay goes; 0 leaves this out */
  hospitals: number
  /** Of the failover's decisions */
  seed: number
}

export interface NetworkResult {
  measured: Measured[]
  figures: Figure[]
  ratios: Figure[]
}

/** All that is said of networks: paths, mail, look-ups, relays and their end */
export async function runNetwork (init: NetworkInit): Promise<NetworkResult> {
  const { rounds, onProgress } = init
  const { paths, figures } = await pathsAndMail(init)
  const looked = init.sites === 0 ? [] : await lookUps({ rounds, sites: init.sites, onProgress })
  const relay = init.mib === 0 ? [] : await relayCost(init)
  const failover = init.hospitals === 0 ? [] : await relayGone(init)

  return { measured: [...paths, ...looked], figures: [...figures, ...relay, ...failover], ratios: ratiosOf(paths) }
}

async function pathsAndMail (init: NetworkInit): Promise<{ paths: Measured[], figures: Figure[] }> {
  init.onProgress('starting three daemons, of which two do not listen')
  const sites = await NetworkSites.open(init)

  try {
    const { hub, one, two } = sites
    const lanes = Array.from({ length: init.inFlight }, (_, lane) => `w${lane}`)
    await Promise.all([sites.apps(one, ['ask']), sites.apps(two, lanes), sites.apps(hub, lanes)])

    const asking = appAt(one.view(), 'ask')
    const relayed = lanes.map(name => appAt(two.view(), name))
    const direct = lanes.map(name => appAt(hub.view(), name))
    const [a, relay, b] = [one, hub, two].map(daemon => daemon.view().pid)
    const over = { asks: a, answers: b, relay }
    const without = { asks: a, answers: relay }
    const scenarios: Scenario[] = [
      roundTrips({ name: 'round trip, direct, 1 in flight', asking, workers: direct.slice(0, 1), pids: without }),
      roundTrips({ name: 'round trip, over a relay, 1 in flight', asking, workers: relayed.slice(0, 1), pids: over }),
      roundTrips({ name: `round trip, direct, ${lanes.length} in flight`, asking, workers: direct, pids: without }),
      roundTrips({ name: `round trip, over a relay, ${lanes.length} in flight`, asking, workers: relayed, pids: over })
    ]
    const paths = await measure(scenarios, init);
    [asking, ...relayed, ...direct].forEach(({ http }) => { http.close() })
    // had it moved in between, these would be figures of something else
    await sites.linked()

    return { paths, figures: init.mail === 0 ? [] : await mail({ ...init, sites, count: init.mail }) }
  } finally {
    await sites.stop()
  }
}

/** Round by round, since both paths were measured in turn */
function ratiosOf ([one, oneRelayed, many, manyRelayed]: Measured[]): Figure[] {
  return [
    { name: 'round trip p50, over a relay against direct', unit: '×', values: one.rounds.map(({ p50 }, round) => oneRelayed.rounds[round].p50 / p50) },
    { name: 'round trips a second, over a relay against direct', unit: '×', values: many.rounds.map(({ rate }, round) => manyRelayed.rounds[round].rate / rate) }
  ]
}

async function relayCost ({ rounds, mib, onProgress }: NetworkInit): Promise<Figure[]> {
  const all: Array<Awaited<ReturnType<typeof soak>>> = []

  for (let round = 1; round <= rounds; round++) {
    const one = await soak(mib)
    all.push(one)
    onProgress(`round ${round}/${rounds}: relay: ${(mib / one.seconds).toFixed(0)} MiB/s, ${one.cpuPerGiB.toFixed(1)} CPU s/GiB`)
  }

  return [
    { name: `relay: forwarded, ${mib} MiB, half of it each way`, unit: 'MiB/s', values: all.map(({ seconds }) => mib / seconds) },
    { name: 'relay: CPU for each GiB', unit: 's', values: all.map(({ cpuPerGiB }) => cpuPerGiB) },
    { name: 'relay: resident memory at most', unit: 'MiB', values: all.map(({ peak }) => peak / MIB) },
    { name: 'relay: growth of it after the first 64 MiB', unit: 'MiB', values: all.map(({ growth }) => growth / MIB) },
    { name: 'relay: held of what it forwards, at most', unit: 'MiB', values: all.map(({ mostHeld }) => mostHeld / MIB) }
  ]
}

async function relayGone ({ hospitals, seed, bin, onProgress }: NetworkInit): Promise<Figure[]> {
  const { killed, revoked, violations } = await runFailover({ hospitals, seed, revoke: true, bin, onProgress })

  if (revoked == null || violations.length > 0) {
    throw new Error(`the failover broke a promise: ${violations.slice(0, 5).join('; ')}`)
  }

  return [killed, revoked].flatMap(({ circuits, p50, p95 }, which) => {
    const name = which === 0 ? `failover: relay killed under ${circuits} circuits, all answered again` : `failover: relay revoked under ${circuits} circuits, all answered again`

    return [{ name: `${name}, p50`, unit: 'ms', values: [p50] }, { name: `${name}, p95`, unit: 'ms', values: [p95] }]
  })
}
