import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'aegir/chai'
import { startLab } from '../../src/lab/index.ts'
import { startMetered } from '../metrics/kit.ts'
import { startApi } from './helpers/api.ts'
import { WHOLE } from './helpers/whole.ts'
import type { Lab } from '../../src/lab/index.ts'

/** Each operation with each status that its handler, or the guards before it, can answer */
const OPERATIONS: Record<string, number[]> = {
  'post /v1/tasks': [201, 400, 401, 403, 409, 413, 424, 429, 503],
  'get /v1/tasks': [200, 206, 400, 401, 403, 429, 503],
  'get /v1/tasks/{task_id}': [200, 400, 401, 403, 404, 409, 410, 429, 503],
  'delete /v1/tasks/{task_id}': [204, 400, 401, 403, 404, 410, 429, 503],
  'get /v1/tasks/{task_id}/body': [200, 206, 401, 403, 404, 410, 416, 429, 503],
  'get /v1/tasks/{task_id}/deliveries': [200, 400, 401, 403, 404, 429, 503],
  'get /v1/tasks/{task_id}/results': [200, 206, 400, 401, 403, 404, 410, 429, 503],
  'put /v1/tasks/{task_id}/results/{app_id}': [201, 204, 400, 401, 403, 404, 409, 410, 413, 424, 429, 503],
  'get /v1/tasks/{task_id}/results/{app_id}/body': [200, 206, 401, 403, 404, 416, 429, 503],
  'post /v1/bodies': [201, 400, 401, 403, 413, 429, 503],
  'get /v1/bodies/{body_id}': [200, 401, 403, 404, 429, 503],
  'patch /v1/bodies/{body_id}': [200, 204, 400, 401, 403, 404, 409, 413, 429, 503],
  'delete /v1/bodies/{body_id}': [204, 401, 403, 404, 429, 503],
  'get /v1/events': [200, 400, 401, 403, 429, 503],
  'put /v1/workers/me': [200, 400, 401, 403, 429, 503],
  'get /v1/workers/me': [200, 401, 403, 404, 429, 503],
  'delete /v1/workers/me': [204, 401, 403, 404, 429, 503],
  'get /v1/workers': [200, 400, 401, 403, 429, 503],
  'get /v1/sites': [200, 401, 403, 429, 503],
  'get /v1/peers': [200, 401, 403, 429, 503],
  'get /v1/health': [200, 503],
  'get /v1/ready': [200, 503],
  'get /metrics': [200]
}

describe('http: the document of a whole daemon', () => {
  const statuses: Record<string, number[]> = {}
  let document: any

  before(async () => {
    const metered = await startMetered()
    const api = await startApi({ ...WHOLE, metrics: metered.metrics })
    document = await (await fetch(`${api.url}/openapi.json`)).json()
    await api.close()
    await metered.end()

    for (const [path, methods] of Object.entries<any>(document.paths)) {
      for (const [method, { responses }] of Object.entries<any>(methods)) {
        statuses[`${method} ${path}`] = Object.keys(responses).map(Number)
      }
    }
  })

  it('is valid and has every route with its statuses', async () => {
    expect(await new Validator().validate(structuredClone(document))).to.deep.include({ valid: true })
    expect(Object.keys(statuses)).to.have.members(Object.keys(OPERATIONS))

    for (const [operation, expected] of Object.entries(OPERATIONS)) {
      expect(statuses[operation], operation).to.include.members(expected)
    }
  })

  it('has the headers and parameters of leases, events, pages and uploads', () => {
    const named = (path: string, method: string): string[] => document.paths[path][method].parameters.map(({ name }: { name: string }) => name)
    const answered = (path: string, method: string, status: number): string[] => Object.keys(document.paths[path][method].responses[status].headers ?? {})

    expect(named('/v1/tasks/{task_id}/results/{app_id}', 'put')).to.include.members(['lease', 'Beam-Lease-Token'])
    expect(answered('/v1/tasks/{task_id}/results/{app_id}', 'put', 201)).to.have.members(['Beam-Lease-Token', 'Beam-Lease-Until'])
    expect(answered('/v1/tasks', 'get', 200)).to.deep.equal(['Link'])
    expect(answered('/v1/tasks/{task_id}/results', 'get', 200)).to.deep.equal(['Link'])
    expect(answered('/v1/tasks', 'post', 429)).to.deep.equal(['Retry-After'])
    expect(answered('/v1/tasks', 'post', 503)).to.deep.equal(['Retry-After'])
    expect(named('/v1/events', 'get')).to.include.members(['after', 'types', 'Last-Event-ID'])
    expect(named('/v1/tasks', 'get')).to.include.members(['limit', 'cursor', 'state', 'older_than', 'newer_than', 'bodies'])
    expect(named('/v1/bodies/{body_id}', 'patch')).to.include.members(['Upload-Offset', 'Upload-Complete'])
  })

  it('is that of a real daemon', async function () {
    this.timeout(60_000)
    let lab: Lab | undefined

    try {
      lab = await startLab({ network: 'document', sites: [{ name: 'one', apiPort: 0 }], apps: [] })
      const { paths } = await (await fetch(`${lab.sites[0].api}/openapi.json`)).json() as typeof document
      const real = Object.entries<object>(paths).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method} ${path}`))

      expect(real).to.have.members(Object.keys(OPERATIONS))
    } finally {
      await lab?.stop()
    }
  })
})
