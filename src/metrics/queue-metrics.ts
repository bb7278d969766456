import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { MetricsInit, MetricsSources } from './index.ts'
import type { Instruments } from './instruments.ts'

/**
 * What the store was asked is used again for so long, ms: scraping needs no key, so it must not be a way to keep the
 * store busy.
 *
 * @default 5_000
 */
export const FRESH = 5_000

/** What is in the store and on its disk */
export function createQueueMetrics ({ counter, gauge }: Instruments, { clock, file }: Pick<MetricsInit, 'clock' | 'file'>): (sources: MetricsSources) => Promise<void> {
  const open = gauge('beam_open_tasks', 'Unexpired tasks, of apps of this site (own) and of other sites (received)', ['origin'])
  const openBytes = gauge('beam_open_task_bytes', 'Bytes of the bodies of unexpired tasks', ['origin'])
  const results = gauge('beam_stored_results', 'Results in the store')
  const envelopes = gauge('beam_outbox_envelopes', 'Envelopes that wait for other sites: queued, or parked because the site is no member', ['state'])
  const bytes = gauge('beam_outbox_bytes', 'Bytes of the bodies of envelopes that wait', ['state'])
  const oldest = gauge('beam_outbox_oldest_seconds', 'How long the oldest queued envelope waits; 0 when none does')
  const size = gauge('beam_store_file_bytes', 'Size of the database and its log')
  const free = gauge('beam_disk_free_bytes', 'Space that is left for the daemon where the database is')
  const errors = counter('beam_scrape_errors_total', 'Scrapes for which the store or its disk could not be asked; their figures are those of before')
  let asked = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  const ask = async ({ store, membership: { self } }: MetricsSources): Promise<void> => {
    const now = clock.now()
    const [sums, counts] = await Promise.all([store.gauges({ self, now }), store.counts({ now })])

    open.set({ origin: 'own' }, sums.own.count)
    open.set({ origin: 'received' }, sums.received.count)
    openBytes.set({ origin: 'own' }, sums.own.bytes)
    openBytes.set({ origin: 'received' }, sums.received.bytes)
    results.set(counts.results)
    envelopes.set({ state: 'queued' }, sums.queued.count)
    envelopes.set({ state: 'parked' }, sums.parked.count)
    bytes.set({ state: 'queued' }, sums.queued.bytes)
    bytes.set({ state: 'parked' }, sums.parked.bytes)
    oldest.set(sums.oldest == null ? 0 : Math.max(0, now - sums.oldest) / 1_000)
  }

  const disk = async (): Promise<void> => {
    const sizes = await Promise.all([file, `${file}-wal`].map(async path => sizeOf(path)))
    const space = await statfs(dirname(file))

    size.set(sizes.reduce((sum, bytes) => sum + bytes, 0))
    free.set(space.bavail * space.bsize)
  }

  return async (sources) => {
    if (clock.monotonic() - asked < FRESH && asking != null) {
      return asking
    }

    asked = clock.monotonic()
    // a store that fails must not take the other figures with it: its trouble is one of them
    asking = Promise.allSettled([ask(sources), disk()]).then(outcomes => {
      errors.inc(outcomes.filter(({ status }) => status === 'rejected').length)
    })

    return asking
  }
}

async function sizeOf (path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (err) {
    // the log is there only while the database is open
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') {
      return 0
    }

    throw err
  }
}
