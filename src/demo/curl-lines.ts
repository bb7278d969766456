import type { AppClient } from './app-client.ts'
import type { LabSite } from '../lab/index.ts'

export interface CurlInit {
  coordinator: LabSite
  islands: LabSite[]
  client: AppClient
  apps: { question: string, worker: string }
  appOf(site: string): string
  capability: string
}

/** Lines to paste into another terminal while the demo keeps running */
export function curlLines ({ coordinator, islands, client, apps, appOf, capability }: CurlInit): string {
  const auth = `-H 'Authorization: ApiKey ${client.app} ${apps.question}'`
  const id = crypto.randomUUID()
  const task = {
    id,
    from: client.app,
    to: islands.map(site => appOf(site.id)),
    body: JSON.stringify({ by: 'island', columns: ['body_mass_g'] }),
    ttl: '10m',
    failure_strategy: 'discard',
    metadata: null
  }

  return [
    '# who can answer, asked at the coordinator',
    `curl -s ${auth} '${coordinator.api}/v1/workers?capability=${capability}'`,
    '# one task to all of them',
    `curl -s -i ${auth} ${coordinator.api}/v1/tasks -d '${JSON.stringify(task)}'`,
    '# where it is, and the answers as they come',
    `curl -s ${auth} ${coordinator.api}/v1/tasks/${id}/deliveries`,
    `curl -s ${auth} '${coordinator.api}/v1/tasks/${id}/results?wait_count=${islands.length}&wait_time=10s'`,
    '# the sites, as the coordinator sees them',
    `curl -s ${auth} ${coordinator.api}/v1/sites`,
    '# what an island sees: its own tasks only',
    `curl -s -H 'Authorization: ApiKey ${appOf(islands[0].id)} ${apps.worker}' '${islands[0].api}/v1/tasks?to=${appOf(islands[0].id)}'`
  ].join('\n')
}
