import { createHttpClient } from '../http.ts'
import type { LabSite } from '../../../src/lab/interface.ts'
import type { HttpClient } from '../http.ts'

/** Of every app of the benchmark, at every site */
export const KEY = 'secret-of-the-benchmark'

/** Bytes of a task's and a result's body, unless a scenario says otherwise */
export const BODY = 'x'.repeat(1_024)

export interface App {
  id: string
  http: HttpClient
}

export function appAt (site: LabSite, name: string): App {
  return { id: `${name}.${site.id}`, http: createHttpClient(site.api, `ApiKey ${name}.${site.id} ${KEY}`) }
}

export function taskOf (id: string, from: string, to: string, body: string = BODY): string {
  return JSON.stringify({ id, from, to: [to], body, ttl: '1h', failure_strategy: 'discard', metadata: null })
}

export function resultOf (task: string, from: string, to: string, body: string = BODY): string {
  return JSON.stringify({ from, to: [to], task, status: 'succeeded', body, metadata: null })
}
