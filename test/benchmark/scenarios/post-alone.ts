import { randomUUID } from 'node:crypto'
import { inLanes } from '../figures.ts'
import { expectStatus } from '../http.ts'
import { taskOf } from './app.ts'
import type { App } from './app.ts'
import type { Scenario } from '../scenario.ts'

/** Longest wait until what was posted has arrived, ms */
const ARRIVAL = 60_000

export interface PostAloneInit {
  asking: App
  /** An app of the other site that nobody is at */
  to: string
  lanes: number
  pids: Record<string, number>
}

/** 201 after the commit; delivery goes on beside it, and what is left of it is waited for and counts as CPU */
export function postAlone ({ asking, to, lanes, pids }: PostAloneInit): Scenario {
  return {
    name: `POST alone, ${lanes} connections`,
    pids,
    run: async (ms) => {
      let last = ''
      const sample = await inLanes(lanes, ms, async () => {
        const id = randomUUID()

        expectStatus(await asking.http.call('POST', '/v1/tasks', taskOf(id, asking.id, to)), 201)
        last = id
      })
      await delivered(asking, last)

      return sample
    }
  }
}

/** The next figures must not pay for what was posted here */
async function delivered (asking: App, id: string): Promise<void> {
  for (const end = performance.now() + ARRIVAL; ;) {
    const deliveries = JSON.parse(expectStatus(await asking.http.call('GET', `/v1/tasks/${id}/deliveries`), 200)) as Array<{ state: string }>

    if (deliveries.every(({ state }) => state === 'delivered')) {
      return
    }

    if (performance.now() > end) {
      throw new Error(`${id} was not delivered within ${ARRIVAL / 1_000} s: ${JSON.stringify(deliveries)}`)
    }

    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
