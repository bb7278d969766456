import type { MetricsInit, MetricsSources } from './index.ts'
import type { Instruments } from './instruments.ts'

/** Conditions of the disk, as the label `condition` */
const TROUBLE: Record<string, string> = { STORE_FULL: 'full', STORE_IO: 'io', STORE_FAILED: 'failed', STORE_CORRUPT: 'corrupt' }

/** What the daemon knows without asking its store: links, roster, clock, what it refused */
export function createSiteMetrics ({ counter, gauge }: Instruments, { clock, maxSites }: Pick<MetricsInit, 'clock' | 'maxSites'>): (sources: MetricsSources) => void {
  const refusals = counter('beam_refusals_total', 'Envelopes and receipts of other sites that were not accepted, by reason', ['reason'])
  const links = gauge('beam_links_up', 'Sites with a link now')
  const members = gauge('beam_members', 'Sites that are members now, this one not counted')
  const rtt = gauge('beam_peer_rtt_seconds', 'Round trip to a site, as last measured', ['site'])
  const offset = gauge('beam_peer_clock_offset_seconds', 'Clock of a site less our own', ['site'])
  const queue = gauge('beam_peer_queue_frames', 'Frames that wait to be written to a site', ['site'])
  const waiters = gauge('beam_waiters', 'Requests and streams that wait for something to happen')
  const reachable = gauge('beam_reachable', '1 when other sites can dial this one')
  const seq = gauge('beam_roster_entry', 'Number of the newest entry of the roster that is known here')
  const forked = gauge('beam_roster_forked', '1 when the authority signed two histories')
  const halted = gauge('beam_roster_halted', '1 when the roster is not followed further')
  const admitted = gauge('beam_admission_valid', '1 while the roster says that this site is a member')
  const remaining = gauge('beam_admission_remaining_seconds', 'Until the admission of this site ends; below 0 afterwards')
  const keyAge = gauge('beam_encryption_key_age_seconds', 'Age of the newest key that others seal to')
  const paused = gauge('beam_clock_paused', '1 while nothing is accepted because the clock fell behind what it showed before, or other sites show that it is wrong')
  const trouble = gauge('beam_store_trouble', '1 while the store acknowledges nothing because of this: full, io, failed (a restart is needed), corrupt', ['condition'])
  const ready = gauge('beam_ready', '1 while this daemon takes work, as GET /v1/ready says')

  return (sources) => {
    const { membership: { roster, records, self }, network } = sources
    const now = clock.now()

    refusals.reset()
    Object.entries(sources.refusals()).forEach(([reason, count]) => { refusals.inc({ reason }, count) })

    links.set(network.links.up().length)
    members.set(roster.members().filter(({ site }) => site !== self && roster.standing(site) === 'member').length)
    waiters.set(sources.waiters())
    reachable.set(Number(network.reachable()));

    // sites that are gone leave no stale series
    [rtt, offset, queue].forEach(instrument => { instrument.reset() })

    for (const peer of [...network.peers()].sort((a, b) => a.site < b.site ? -1 : 1).slice(0, maxSites)) {
      const { site } = peer
      offset.set({ site }, peer.clockOffset / 1_000)
      queue.set({ site }, peer.queue)

      if (peer.rtt != null) {
        rtt.set({ site }, peer.rtt / 1_000)
      }
    }

    seq.set(roster.head().seq)
    forked.set(Number(roster.forked))
    halted.set(Number(roster.halted != null))
    admitted.set(Number(roster.standing(self) === 'member'))
    remaining.set(((roster.member(self)?.notAfter ?? now) - now) / 1_000)
    paused.set(Number(sources.paused() != null))
    ready.set(Number(sources.ready()))

    const condition = TROUBLE[sources.trouble()?.code ?? '']
    Object.values(TROUBLE).forEach(name => { trouble.set({ condition: name }, Number(name === condition)) })

    const newest = Math.max(...(records.get(self)?.keys ?? []).map(({ notBefore }) => notBefore).filter(at => at <= now))

    if (Number.isFinite(newest)) {
      keyAge.set((now - newest) / 1_000)
    }
  }
}
