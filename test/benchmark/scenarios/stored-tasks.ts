import { randomUUID } from 'node:crypto'
import { startLab } from '../../../src/lab/start-lab.ts'
import { expectStatus } from '../http.ts'
import { appAt, KEY, taskOf } from './app.ts'
import { roundTrips } from './round-trip.ts'
import type { Lab } from '../../../src/lab/interface.ts'
import type { Scenario } from '../scenario.ts'

export interface StoredTasks {
  scenario: Scenario
  lab: Lab
}

/** Two more daemons, each with so many unexpired tasks of another app: one round trip at a time among them */
export async function storedTasks (count: number, bin: string): Promise<StoredTasks> {
  const lab = await startLab({
    network: 'stored',
    bin,
    sites: [{ name: 'site1', apiPort: 0 }, { name: 'site2', apiPort: 0 }],
    apps: ['ask', 'keeper', 'other', 'w'].map(name => ({ name, key: KEY }))
  })

  try {
    await Promise.all(lab.sites.map(async site => {
      const keeper = appAt(site, 'keeper')
      let left = count

      await Promise.all(Array.from({ length: 64 }, async () => {
        while (left-- > 0) {
          expectStatus(await keeper.http.call('POST', '/v1/tasks', taskOf(randomUUID(), keeper.id, `other.${site.id}`)), 201)
        }
      }))
      keeper.http.close()
    }))

    const [one, two] = lab.sites

    return { lab, scenario: roundTrips({ name: `round trip, 1 in flight, ${count} stored tasks of another app at each site`, asking: appAt(one, 'ask'), workers: [appAt(two, 'w')], pids: { 'site 1': one.pid, 'site 2': two.pid } }) }
  } catch (err) {
    await lab.stop()
    throw err
  }
}
