import { collectDefaultMetrics, Registry } from 'prom-client'
import { createHttpMetrics } from './http-metrics.ts'
import { instrumentsOf } from './instruments.ts'
import { createMailMetrics } from './mail-metrics.ts'
import { createPathMetrics } from './path-metrics.ts'
import { createQueueMetrics } from './queue-metrics.ts'
import { createSiteMetrics } from './site-metrics.ts'
import { createStoreMetrics } from './store-metrics.ts'
import type { Metrics, MetricsInit, MetricsSources } from './index.ts'

/** How often the lag of the event loop is sampled, ms */
const LAG_PRECISION = 20

/** A registry of its own for each daemon: nothing global */
export function createMetrics (init: MetricsInit): Metrics {
  const { clock, version } = init
  const registry = new Registry()
  const instruments = instrumentsOf(registry)
  const http = createHttpMetrics(instruments)
  const site = createSiteMetrics(instruments, init)
  const paths = createPathMetrics(instruments)
  const queue = createQueueMetrics(instruments, init)
  const mail = createMailMetrics(instruments, init)
  let sources: MetricsSources | undefined

  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION })
  instruments.gauge('beam_build_info', 'Always 1; the label tells the version', ['version']).set({ version }, 1)

  return {
    observer: createStoreMetrics(instruments, () => clock.now()),
    request: http.request,
    readerCut: http.readerCut,
    countPolls: http.countPolls,
    watch: (found) => { sources = found },
    render: async () => {
      http.collect()

      if (sources != null) {
        site(sources)
        paths(sources)
        await queue(sources)
        await mail(sources)
      }

      return { contentType: registry.contentType, text: await registry.metrics() }
    }
  }
}
