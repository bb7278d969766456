import { expect } from 'aegir/chai'
import { startMetered } from '../metrics/kit.ts'
import { call, newTask, startApi } from './helpers/api.ts'
import { rawRequest } from './helpers/raw.ts'
import type { TestApi } from './helpers/api.ts'
import type { Metered } from '../metrics/kit.ts'

describe('http: metrics and health', () => {
  let metered: Metered
  let api: TestApi
  let broken: string | undefined

  before(async () => {
    metered = await startMetered()
    api = await startApi({ metrics: metered.metrics, broken: () => broken })
  })
  after(async () => {
    await api.close()
    await metered.end()
  })

  it('serves the text format without a key, and nothing but GET', async () => {
    const { status, text, headers } = await call(api.url, '/metrics', { app: '' })

    expect(status).to.equal(200)
    expect(headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/)
    expect(text).to.match(/^# HELP beam_http_requests_total .+\n# TYPE beam_http_requests_total counter$/m)
    expect(await call(api.url, '/metrics', { app: '', method: 'POST' })).to.include({ status: 405 })
  })

  it('refuses a foreign Host and pages of other origins', async () => {
    expect((await rawRequest(api.url, '/metrics', { host: 'evil.example' })).status).to.equal(403)
    expect((await rawRequest(api.url, '/metrics', { host: 'localhost', origin: 'https://evil.example' })).status).to.equal(403)
    expect((await rawRequest(api.url, '/metrics', { host: 'localhost', origin: 'null' })).status).to.equal(403)
    expect((await rawRequest(api.url, '/metrics', { host: 'localhost', 'sec-fetch-site': 'cross-site' })).status).to.equal(403)
  })

  it('counts requests by template and status, never by path', async () => {
    const id = crypto.randomUUID()
    await call(api.url, '/v1/tasks', { method: 'POST', body: newTask() })
    await call(api.url, `/v1/tasks/${id}`)
    await call(api.url, `/v1/tasks/${id}`, { app: '' })
    await call(api.url, `/nope/${id}`)
    const { text } = await call(api.url, '/metrics')

    expect(text).to.include('beam_http_requests_total{method="POST",route="/v1/tasks",status="201"} 1')
    expect(text).to.include('beam_http_requests_total{method="GET",route="/v1/tasks/:task_id",status="404"} 1')
    expect(text).to.include('beam_http_requests_total{method="GET",route="/v1/tasks/:task_id",status="401"} 1')
    expect(text).to.include('beam_http_requests_total{method="GET",route="none",status="404"} 1')
    expect(text).to.include('beam_http_request_duration_seconds_count{route="/v1/tasks"} 1')
    expect(text).to.not.include(id)
  })

  it('tells how many polls are held', async () => {
    const controller = new AbortController()
    const held = async (): Promise<number | undefined> => metered.value('beam_http_held_polls')
    const poll = call(api.url, '/v1/tasks?filter=todo&wait_count=5&wait_time=30s', { signal: controller.signal }).catch(() => {})

    for (let i = 0; i < 100 && await held() !== 1; i++) {
      await new Promise(resolve => setTimeout(resolve, 20))
    }

    expect(await held()).to.equal(1)
    controller.abort()
    await poll

    for (let i = 0; i < 100 && await held() !== 0; i++) {
      await new Promise(resolve => setTimeout(resolve, 20))
    }

    expect(await held()).to.equal(0)
  })

  it('is unhealthy only while a restart helps, and then says why', async () => {
    Object.assign(api.ready, { ready: false, reasons: ['there is no space left'] })
    expect(await call(api.url, '/v1/health', { app: '' }), 'what passes by itself is no reason to restart').to.include({ status: 200, text: '' })
    expect((await call(api.url, '/v1/ready', { app: '' })).status).to.equal(503)
    Object.assign(api.ready, { ready: true, reasons: [] })

    broken = 'writing to disk failed: check the disk, then restart'
    expect(await call(api.url, '/v1/health', { app: '' })).to.include({ status: 503, text: broken })
    broken = undefined
    expect(await call(api.url, '/v1/health', { app: '' })).to.include({ status: 200, text: '' })
  })

  it('is absent when it is switched off', async () => {
    const without = await startApi()
    expect((await call(without.url, '/metrics', { app: '' })).status).to.equal(404)
    await without.close()
  })
})
