import { FRESH } from './queue-metrics.ts'
import type { MetricsInit, MetricsSources } from './index.ts'
import type { Instruments } from './instruments.ts'

/** Mail that this site keeps, leaves and collects */
export function createMailMetrics ({ counter, gauge }: Instruments, { clock }: Pick<MetricsInit, 'clock'>): (sources: MetricsSources) => Promise<void> {
  const envelopes = gauge('beam_mail_kept_envelopes', 'Envelopes kept for other sites')
  const bytes = gauge('beam_mail_kept_bytes', 'Bytes of them')
  const deposits = counter('beam_mail_deposits_total', 'Envelopes that other sites left here; repeats count')
  const refused = counter('beam_mail_refused_total', 'Requests of other sites that this keeper refused, by reason', ['reason'])
  const acknowledged = counter('beam_mail_acknowledged_total', 'Kept envelopes that their recipients signed for')
  const left = counter('beam_mail_left_total', 'Own envelopes left at keepers; each copy counts')
  const collected = counter('beam_mail_collected_total', 'Envelopes collected from keepers; what was here before counts, too')
  const lies = counter('beam_mail_lies_total', 'What keepers said that cannot be true')
  let asked = Number.NEGATIVE_INFINITY

  return async ({ mail }) => {
    if (mail == null || clock.monotonic() - asked < FRESH) {
      return
    }

    asked = clock.monotonic()
    const figures = await mail()
    envelopes.set(figures.envelopes)
    bytes.set(figures.bytes);
    [deposits, refused, acknowledged, left, collected, lies].forEach(instrument => { instrument.reset() })
    deposits.inc(figures.taken)
    Object.entries(figures.refused).forEach(([reason, count]) => { refused.inc({ reason }, count) })
    acknowledged.inc(figures.acknowledged)
    left.inc(figures.left)
    collected.inc(figures.collected)
    lies.inc(Object.values(figures.lies).reduce((sum, count) => sum + count, 0))
  }
}
