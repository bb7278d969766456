import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'aegir/chai'
import { APP1, APP2, call, startApi } from './helpers/api.ts'
import type { TestApi } from './helpers/api.ts'

describe('http: beyond Beam', () => {
  let api: TestApi

  before(async () => { api = await startApi() })
  after(async () => { await api.close() })

  describe('workers', () => {
    const put = async (body: unknown): ReturnType<typeof call> => call(api.url, '/v1/workers/me', { method: 'PUT', body })

    it('announces with a lease, renews, shows, finds and withdraws', async () => {
      expect(await call(api.url, '/v1/workers/me')).to.include({ status: 404, text: '' })

      const announced = await put({ capabilities: ['mean', 'mean', 'fit/v2'], lease: '90s' })

      expect(announced.status).to.equal(200)
      expect(api.workers.lease).to.equal(90_000)

      const worker = JSON.parse(announced.text)

      expect(worker).to.include({ app: APP1 }).and.to.have.property('capabilities').that.deep.equals(['mean', 'fit/v2'])
      expect(Date.parse(worker.until)).to.be.within(Date.now() + 80_000, Date.now() + 91_000)
      expect(JSON.parse((await call(api.url, '/v1/workers/me')).text)).to.deep.equal(worker)

      const found = await call(api.url, '/v1/workers?capability=mean', { app: APP2 })

      expect(JSON.parse(found.text)).to.deep.equal({ workers: [worker], confirmed: ['proxy1.broker'] })
      expect(JSON.parse((await call(api.url, '/v1/workers?capability=other')).text)).to.deep.equal({ workers: [], confirmed: ['proxy1.broker'] })

      await put({ capabilities: ['mean'] })
      expect(api.workers.lease, 'default').to.equal(60_000)
      await put({ capabilities: ['mean'], lease: 'inf' })
      expect(api.workers.lease, 'longest').to.equal(3_600_000)

      expect(await call(api.url, '/v1/workers/me', { method: 'DELETE' })).to.include({ status: 204, text: '' })
      expect(await call(api.url, '/v1/workers/me', { method: 'DELETE' })).to.include({ status: 404, text: '' })
    })

    it('refuses with field and rule, and changes nothing', async () => {
      const table: Array<[unknown, number, RegExp]> = [
        ['', 400, /^request body must be JSON/], ['[]', 400, /^request body must be a JSON object such as/], [{}, 400, /^capabilities is missing: it must be an array/],
        [{ capabilities: [] }, 400, /^capabilities must be an array of 1 to 64 names/], [{ capabilities: Array.from({ length: 65 }, (_, i) => `c${i}`) }, 400, /^capabilities must be/],
        [{ capabilities: ['a b'] }, 400, /^capabilities\[0\] must be a name .* not "a b"$/], [{ capabilities: ['a', 'x'.repeat(129)] }, 400, /^capabilities\[1\] must be/], [{ capabilities: ['*'] }, 400, /^capabilities\[0\] must be/],
        [{ capabilities: ['a'], lease: 5 }, 400, /^lease must be a string with a duration/], [{ capabilities: ['a'], lease: '10ms' }, 400, /^lease cannot be less than 1 s, not "10ms"$/],
        [{ capabilities: ['forbidden-x'] }, 403, /does not allow the capability forbidden-x$/]
      ]

      for (const [body, status, text] of table) {
        const answer = await put(body)

        expect(answer.status, JSON.stringify(body)).to.equal(status)
        expect(answer.text).to.match(text)
      }

      expect(api.workers.announced.size).to.equal(0)

      for (const [query, text] of [['', /^capability is missing/], ['?capability=', /^capability must be a name/], ['?capability=a%20b', /^capability must be .* not "a b"$/], ['?capability=a&capability=b', /^capability must be given only once/]] as const) {
        const answer = await call(api.url, `/v1/workers${query}`)

        expect(answer.status, query).to.equal(400)
        expect(answer.text).to.match(text)
      }
    })
  })

  it('lists valid sites, and which of them are connected', async () => {
    api.peers.push({ site: 'proxy2.broker', peerId: '12D', path: 'relay', via: 'proxy1.broker', address: '/x', direction: 'inbound', since: 1_700_000_000_000, bytesIn: 0, bytesOut: 0, queue: 0, clockOffset: 0 })

    expect(JSON.parse((await call(api.url, '/v1/sites')).text), 'proxy3 is revoked').to.deep.equal([
      { id: 'proxy1.broker', organization: '', self: true, online: true },
      { id: 'proxy2.broker', organization: '', self: false, online: true, path: 'relay', via: 'proxy1.broker', since: '2023-11-14T22:13:20.000Z' }
    ])
  })

  it('says whether it is alive and whether it is ready, without a key', async () => {
    expect(await call(api.url, '/v1/health', { app: '' })).to.include({ status: 200, text: '' })
    expect(JSON.parse((await call(api.url, '/v1/ready', { app: '' })).text)).to.deep.equal({ ready: true, reasons: [] })
    Object.assign(api.ready, { ready: false, reasons: ['the clock was set back'] })

    const unready = await call(api.url, '/v1/ready', { app: '' })

    expect(unready.status).to.equal(503)
    expect(JSON.parse(unready.text)).to.deep.equal({ ready: false, reasons: ['the clock was set back'] })
    Object.assign(api.ready, { ready: true, reasons: [] })
  })

  describe('openapi', () => {
    it('is a valid OpenAPI 3.1 document with every route', async () => {
      const { text, headers } = await call(api.url, '/openapi.json', { app: '' })
      const document = JSON.parse(text)

      expect(headers.get('content-type')).to.match(/^application\/json/)
      expect(await new Validator().validate(document)).to.deep.include({ valid: true })
      expect(document.openapi).to.equal('3.1.0')

      const operations = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))

      expect(operations).to.have.members([
        'post /v1/tasks', 'get /v1/tasks', 'get /v1/tasks/{task_id}', 'delete /v1/tasks/{task_id}', 'get /v1/tasks/{task_id}/deliveries', 'get /v1/tasks/{task_id}/results', 'put /v1/tasks/{task_id}/results/{app_id}',
        'put /v1/workers/me', 'get /v1/workers/me', 'delete /v1/workers/me', 'get /v1/workers', 'get /v1/sites', 'get /v1/peers', 'get /v1/health', 'get /v1/ready'
      ])
    })

    it('describes the bodies that the handlers check', async () => {
      const { paths } = JSON.parse((await call(api.url, '/openapi.json', { app: '' })).text)
      const body = paths['/v1/tasks'].post.requestBody.content['application/json'].schema

      expect(body.required).to.have.members(['id', 'from', 'to', 'ttl', 'failure_strategy', 'metadata'])
      expect(body.properties.to.maxItems, 'the configured limit').to.equal(1_024)
      expect(Object.keys(paths['/v1/tasks'].post.responses)).to.include.members(['201', '400', '401', '403', '409', '413', '424', '429', '503'])
    })
  })
})
