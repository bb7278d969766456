import { inLanes } from '../figures.ts'
import { createHttpClient, expectStatus } from '../http.ts'
import { BODY } from './app.ts'
import type { Peer } from '../peer.ts'
import type { Scenario } from '../scenario.ts'

/** The least that could be done for a POST that is on disk before it is answered: baseline.ts */
export function baseline (peer: Peer, lanes: number): Scenario {
  const bare = createHttpClient(peer.url)

  return {
    name: `baseline: bare POST and fdatasync, ${lanes} connections`,
    pids: { baseline: peer.pid },
    run: async (ms) => inLanes(lanes, ms, async () => { expectStatus(await bare.call('POST', '/', BODY), 201) })
  }
}
