import type { MetricsSources } from './index.ts'
import type { Instruments } from './instruments.ts'

/** Which ways this site talks, the relays that it is reached through, and what it does as a relay itself */
export function createPathMetrics ({ counter, gauge }: Instruments): (sources: MetricsSources) => void {
  const links = gauge('beam_links', 'Sites with a link now, by path: direct, or through a relay', ['path'])
  const changes = counter('beam_path_changes_total', 'Sites that are reached another way than before: to_direct, to_relay, or by another relay', ['change'])
  const held = gauge('beam_reservations_held', 'Relays through which this site is reached')
  const wanted = gauge('beam_reservations_wanted', 'Relays through which this site wants to be reached; 0 when it can be dialled')
  const reservations = gauge('beam_relay_reservations', 'Sites that are reached through this one')
  const circuits = gauge('beam_relay_circuits', 'Circuits that this site joins now')
  const forwarded = counter('beam_relay_forwarded_bytes_total', 'Bytes that this site forwarded for others')
  const memory = gauge('beam_relay_memory_bytes', 'Bytes of what is being forwarded: held now, or spoken for at worst', ['state'])
  const refused = counter('beam_relay_refused_total', 'Requests that this relay refused, by reason', ['reason'])

  return ({ network }) => {
    const peers = network.peers()
    const use = network.relaying?.()
    const relayed = network.relayed();

    (['direct', 'relay'] as const).forEach(path => { links.set({ path }, peers.filter(peer => peer.path === path).length) })
    held.set(relayed.held.length)
    wanted.set(relayed.needed ? relayed.wanted : 0)
    reservations.set(use?.reservations ?? 0)
    circuits.set(use?.circuits ?? 0)
    memory.set({ state: 'held' }, use?.held ?? 0)
    memory.set({ state: 'spoken_for' }, use?.memory ?? 0);

    // counted where they happen, told as they stand
    [changes, forwarded, refused].forEach(instrument => { instrument.reset() })
    Object.entries(network.pathChanges?.() ?? {}).forEach(([change, count]) => { changes.inc({ change }, count) })
    forwarded.inc(use?.bytes ?? 0)
    Object.entries(use?.refusals ?? {}).forEach(([reason, count]) => { refused.inc({ reason }, count) })
  }
}
