import { REQUEST } from './buckets.ts'
import type { HttpMetrics } from './index.ts'
import type { Instruments } from './instruments.ts'

/** Methods that the API knows; a client may send any word */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

export function createHttpMetrics ({ counter, gauge, histogram }: Instruments): Pick<HttpMetrics, 'request' | 'readerCut' | 'countPolls'> & { collect(): void } {
  const requests = counter('beam_http_requests_total', 'Answered requests by method, route and status', ['method', 'route', 'status'])
  const duration = histogram('beam_http_request_duration_seconds', 'From the header lines to the end of the answer; held polls take as long as they wait', REQUEST, ['route'])
  const cut = counter('beam_http_readers_cut_total', 'Readers of event streams and large answers that took nothing for a minute and were cut')
  const polls = gauge('beam_http_held_polls', 'Held polls and event streams')
  let held = (): number => 0

  return {
    request: (method, route = 'none', status, seconds) => {
      requests.inc({ method: METHODS.has(method) ? method : 'other', route, status })
      duration.observe({ route }, seconds)
    },
    readerCut: () => { cut.inc() },
    countPolls: (count) => { held = count },
    collect: () => { polls.set(held()) }
  }
}
