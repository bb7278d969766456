import { createHash, randomUUID } from 'node:crypto'
import { expect } from 'aegir/chai'
import { call as callApi, KEY } from './helpers/api.ts'
import { collect, openEvents } from './helpers/event-source.ts'
import { startLab } from './helpers/lab.ts'
import type { Call } from './helpers/api.ts'
import type { Lab } from './helpers/lab.ts'

/**
 * Every route with every failure code of Beam, against real daemons in processes of
 * their own with real libp2p between them. app1 is at proxy1, app2 at proxy2.
 */
const APP1 = 'app1.proxy1.broker'
const APP2 = 'app2.proxy2.broker'
const LOCAL = 'app2.proxy1.broker'
const STRANGER = 'app1.proxy9.broker'

interface Row {
  name: string
  call(): Promise<{ status: number, text: string, headers: Headers }>
  status: number
  text?: RegExp
  headers?: Record<string, RegExp>
}

describe('http: Beam v1 end to end', function () {
  this.timeout(120_000)

  let lab: Lab
  const urls: Record<string, string> = {}

  before(async () => {
    lab = await startLab('broker', ['proxy1', 'proxy2', 'proxy3'], { app1: KEY, app2: KEY })

    for (const { id, api } of lab.sites) {
      urls[id.split('.')[0]] = api
    }
  })

  after(async () => { await lab?.stop() })

  /** To the daemon of the app's own site */
  const call = async (app: string, path: string, options: Call = {}): ReturnType<typeof callApi> => callApi(urls[app.split('.')[1] ?? ''] ?? urls.proxy1, path, { app, ...options })
  const task = (overrides: object = {}): Record<string, unknown> => ({ id: randomUUID(), from: APP1, to: [APP2], body: 'hello', ttl: '60s', failure_strategy: 'discard', metadata: null, ...overrides })
  const result = (id: unknown, overrides: object = {}): Record<string, unknown> => ({ from: APP2, to: [APP1], task: id, status: 'succeeded', metadata: null, body: 'world', ...overrides })
  const post = async (body: unknown, app = APP1): ReturnType<typeof callApi> => call(app, '/v1/tasks', { method: 'POST', body })
  const put = async (body: Record<string, unknown>, { id = body.task, app = body.from, as = APP2 } = {}): ReturnType<typeof callApi> => call(as, `/v1/tasks/${String(id)}/results/${String(app)}`, { method: 'PUT', body })

  /** Posts and waits until the recipient's site has it */
  const delivered = async ({ id = randomUUID(), ...overrides }: { id?: string, to?: string[], ttl?: string } = {}): Promise<string> => {
    expect((await post(task({ id, ...overrides }))).status).to.equal(201)
    expect((await call(APP2, `/v1/tasks/${id}?wait_time=20s`)).status, 'delivered').to.equal(200)

    return id
  }

  const run = async (rows: Row[]): Promise<void> => {
    for (const { name, call, status, text, headers } of rows) {
      const answer = await call()

      expect(answer.status, `${name}: ${answer.text}`).to.equal(status)
      expect(answer.text, name).to.match(text ?? /^$/)

      for (const [header, value] of Object.entries(headers ?? {})) {
        expect(answer.headers.get(header), `${name}: ${header}`).to.match(value)
      }
    }
  }

  it('POST /v1/tasks', async () => {
    const known = randomUUID()

    await run([
      { name: 'created', call: async () => post(task({ id: known })), status: 201, headers: { location: new RegExp(`^/v1/tasks/${known}$`) } },
      { name: 'id taken', call: async () => post(task({ id: known })), status: 409, headers: { location: new RegExp(`^/v1/tasks/${known}$`) } },
      { name: 'to a site', call: async () => post(task({ to: ['proxy2.broker'] })), status: 201 },
      { name: 'to nobody', call: async () => post(task({ to: [] })), status: 201 },
      { name: 'the same recipient twice', call: async () => post(task({ to: [APP2, APP2] })), status: 201 },
      { name: 'to infinity', call: async () => post(task({ ttl: 'inf' })), status: 201 },
      { name: 'empty body', call: async () => post(''), status: 400, text: /^Invalid body\n/ },
      { name: 'no JSON', call: async () => post('{'), status: 400, text: /^Invalid body\n/ },
      { name: 'ttl is a number', call: async () => post(task({ ttl: 60 })), status: 400, text: /^Invalid body\nttl must be a string/ },
      { name: 'wrong network', call: async () => post(task({ to: ['app2.proxy2.elsewhere'] })), status: 400, text: /^Invalid body\nto\[0\] must be/ },
      { name: 'a result', call: async () => post(result(known)), status: 400, text: /^Invalid body\n/ },
      { name: 'somebody else', call: async () => post(task({ from: LOCAL })), status: 401, text: /^You are not authorized to send on behalf of this app\.$/ },
      { name: 'no key', call: async () => callApi(urls.proxy1, '/v1/tasks', { app: '', method: 'POST', body: task() }), status: 401, headers: { 'www-authenticate': /^ApiKey$/ } },
      { name: 'unknown app', call: async () => callApi(urls.proxy1, '/v1/tasks', { app: 'app9.proxy1.broker', method: 'POST', body: task() }), status: 401 },
      { name: 'app of another site', call: async () => callApi(urls.proxy1, '/v1/tasks', { app: APP2, method: 'POST', body: task() }), status: 401 },
      { name: 'no member', call: async () => post(task({ to: [APP2, STRANGER, 'app2.proxy9.broker', 'proxy8.broker'] })), status: 424, text: /^\["proxy9\.broker","proxy9\.broker","proxy8\.broker"\]$/, headers: { 'content-type': /^application\/json/ } },
      { name: 'wrong method', call: async () => call(APP1, '/v1/tasks', { method: 'PUT', body: '{}' }), status: 405, headers: { allow: /^GET,HEAD,POST$/ } }
    ])
  })

  it('GET /v1/tasks', async () => {
    const list = async (query: string, app = APP1): ReturnType<typeof callApi> => call(app, `/v1/tasks${query}`)

    await delivered()
    await run([
      { name: 'to do', call: async () => list('?filter=todo&', APP2), status: 200, text: /"body":"hello"/ },
      { name: 'own ones', call: async () => list(`?from=${APP1}`), status: 200, text: /"body":"<encrypted>"/ },
      { name: 'none', call: async () => list('?filter=todo', LOCAL), status: 200, text: /^\[\]$/ },
      { name: 'time alone', call: async () => list('?filter=todo&wait_time=50', LOCAL), status: 200, text: /^\[\]$/ },
      { name: 'fewer than asked', call: async () => list('?filter=todo&wait_count=1&wait_time=50ms', LOCAL), status: 206, text: /^\[\]$/ },
      { name: 'unknown key', call: async () => list(`?to=${LOCAL}&wait_timeout=1`, LOCAL), status: 200, text: /^\[\]$/ },
      { name: 'no direction', call: async () => list(''), status: 400, text: /^Please supply either "from" or "to" query parameter\.$/ },
      { name: 'wait_count', call: async () => list('?filter=todo&wait_count=x'), status: 400, text: /^For long-polling, please define/ },
      { name: 'wait_time', call: async () => list('?filter=todo&wait_time=x'), status: 400, text: /^For long-polling, please define/ },
      { name: 'no id', call: async () => list('?from=x'), status: 400, text: /^Failed to deserialize query string: / },
      { name: 'no filter', call: async () => list('?filter=x'), status: 400, text: /^Failed to deserialize query string: / },
      { name: 'no key', call: async () => callApi(urls.proxy1, '/v1/tasks?filter=todo', { app: '' }), status: 401 },
      { name: 'not mine', call: async () => list(`?from=${APP2}`), status: 403, text: /^You can only list messages created by you \(from\) or directed to you \(to\)\.$/ },
      { name: 'the site\'s', call: async () => list('?to=proxy1.broker'), status: 403, text: /^You can only/ }
    ])
  })

  it('GET /v1/tasks/{id}', async () => {
    const id = await delivered()
    const later = task()
    const poll = call(APP2, `/v1/tasks/${later.id as string}?wait_count=1&wait_time=20s`)

    await post(later)
    expect(JSON.parse((await poll).text), 'waited for an id that was not there').to.deep.equal(later)
    await run([
      { name: 'as recipient', call: async () => call(APP2, `/v1/tasks/${id}`), status: 200, text: /"body":"hello"/ },
      { name: 'as creator', call: async () => call(APP1, `/v1/tasks/${id.toUpperCase()}`), status: 200, text: /"body":"<encrypted>"/ },
      { name: 'as somebody else', call: async () => call(LOCAL, `/v1/tasks/${id}`), status: 404 },
      { name: 'unknown', call: async () => call(APP1, `/v1/tasks/${randomUUID()}`), status: 404 },
      { name: 'unknown after waiting', call: async () => call(APP1, `/v1/tasks/${randomUUID()}?wait_time=50ms`), status: 404 },
      { name: 'too many', call: async () => call(APP1, `/v1/tasks/${id}?wait_count=2`), status: 400 },
      { name: 'no UUID', call: async () => call(APP1, '/v1/tasks/x'), status: 400, text: /^Invalid URL: / },
      { name: 'no key', call: async () => callApi(urls.proxy1, `/v1/tasks/${id}`, { app: '' }), status: 401 }
    ])
  })

  it('GET /v1/tasks/{id}/results', async () => {
    const id = await delivered()
    const results = async (query = '', app = APP1, of = id): ReturnType<typeof callApi> => call(app, `/v1/tasks/${of}/results${query}`)

    await run([
      { name: 'none yet', call: async () => results('?'), status: 200, text: /^\[\]$/ },
      { name: 'fewer than asked', call: async () => results('?wait_count=1&wait_time=50ms'), status: 206, text: /^\[\]$/ },
      { name: 'claim', call: async () => put(result(id, { status: 'claimed', body: null })), status: 201 },
      { name: 'as recipient', call: async () => results('', APP2), status: 403 },
      { name: 'as somebody else', call: async () => results('', LOCAL), status: 403 },
      { name: 'unknown', call: async () => results('', APP1, randomUUID()), status: 404 },
      { name: 'no UUID', call: async () => results('', APP1, 'x'), status: 400, text: /^Invalid URL: / },
      { name: 'wait_count', call: async () => results('?wait_count=65536'), status: 400, text: /^For long-polling/ },
      { name: 'no key', call: async () => callApi(urls.proxy1, `/v1/tasks/${id}/results`, { app: '' }), status: 401 }
    ])

    const poll = results('?wait_count=1&wait_time=20s')

    expect((await put(result(id))).status).to.equal(204)
    expect(JSON.parse((await poll).text)).to.deep.equal([result(id)])
  })

  it('GET /v1/tasks/{id}/results as an event stream', async () => {
    const id = await delivered({ to: [APP2, LOCAL] })
    const open = async (query: string, headers = {}): ReturnType<typeof openEvents> => openEvents(`${urls.proxy1}/v1/tasks/${id}/results${query}`, { authorization: `ApiKey ${APP1} ${KEY}`, ...headers })
    const stream = collect((await open('?wait_count=2')).events)

    await put(result(id, { status: 'claimed' }))
    await put(result(id))
    await put(result(id, { from: LOCAL }), { as: LOCAL })

    const events = await stream
    const counted = events.map(({ data }) => JSON.parse(data)).filter(({ status }) => status !== 'claimed')

    expect(events.every(({ event }) => event === 'new_result')).to.equal(true)
    expect(counted.map(({ from }) => from)).to.have.members([APP2, LOCAL])

    const rest = await collect((await open('?wait_time=50ms', { 'last-event-id': events.at(-1)?.id })).events)

    expect(rest).to.deep.equal([{ event: 'wait_expired', data: 'null' }])
    expect((await openEvents(`${urls.proxy1}/v1/tasks/${randomUUID()}/results`, { authorization: `ApiKey ${APP1} ${KEY}` })).status).to.equal(404)
    expect((await openEvents(`${urls.proxy1}/v1/tasks/${id}/results`, { authorization: `ApiKey ${LOCAL} ${KEY}` })).status).to.equal(403)
  })

  it('PUT /v1/tasks/{id}/results/{app}', async () => {
    const id = await delivered()
    const foreign = await delivered({ to: [APP2, 'app1.proxy2.broker'] })
    const other = randomUUID()

    await run([
      { name: 'empty', call: async () => call(APP2, `/v1/tasks/${id}/results/${APP2}`, { method: 'PUT', body: '' }), status: 400, text: /^Invalid body\n/ },
      { name: 'wrong status', call: async () => put(result(id, { status: 'done' })), status: 400, text: /^Invalid body\nstatus must be/ },
      { name: 'a task', call: async () => call(APP2, `/v1/tasks/${id}/results/${APP2}`, { method: 'PUT', body: task() }), status: 400, text: /^Invalid body\n/ },
      { name: 'other task', call: async () => put(result(other), { id }), status: 400, text: /^Task IDs supplied in path and payload do not match\.$/ },
      { name: 'other app', call: async () => put(result(id), { app: APP1 }), status: 400, text: /^AppID supplied in URL and signed message do not match\.$/ },
      { name: 'no app', call: async () => put(result(id), { app: 'x' }), status: 400, text: /^Invalid URL: / },
      { name: 'somebody else', call: async () => put(result(id, { from: APP1 })), status: 401, text: /^You are not authorized/ },
      { name: 'no key', call: async () => callApi(urls.proxy2, `/v1/tasks/${id}/results/${APP2}`, { app: '', method: 'PUT', body: result(id) }), status: 401 },
      { name: 'no member', call: async () => put(result(id, { to: [APP1, STRANGER] })), status: 424, text: /^\["proxy9\.broker"\]$/ },
      { name: 'no member comes first', call: async () => put(result(other, { to: [STRANGER] }), { id }), status: 424, text: /^\["proxy9\.broker"\]$/ },
      { name: 'no recipient', call: async () => put(result(id, { from: 'app1.proxy2.broker' }), { as: 'app1.proxy2.broker' }), status: 403, text: /^Not allowed to access this task$/ },
      { name: 'unknown', call: async () => put(result(other)), status: 404, text: /^Task not found$/ },
      { name: 'first', call: async () => put(result(id, { status: 'claimed' })), status: 201 },
      { name: 'update', call: async () => put(result(id)), status: 204 },
      { name: 'claim after success', call: async () => put(result(id, { status: 'claimed' })), status: 201 },
      { name: 'success again', call: async () => put(result(id)), status: 204 },
      { name: 'each app its own', call: async () => put(result(foreign, { from: 'app1.proxy2.broker' }), { as: 'app1.proxy2.broker' }), status: 201 }
    ])
  })

  it('takes answered and claimed tasks off the list, tempfailed ones not', async () => {
    const id = await delivered()
    const todo = async (): Promise<boolean> => (await call(APP2, '/v1/tasks?filter=todo')).text.includes(id)

    for (const [status, listed] of [['claimed', false], ['tempfailed', true], ['permfailed', false], ['tempfailed', true], ['succeeded', false]] as const) {
      await put(result(id, { status }))
      expect(await todo(), status).to.equal(listed)
    }
  })

  it('brings a task and its result over unchanged', async () => {
    const sent = task({ metadata: { n: 0, list: [1.5, 'ü', null, { a: [] }] }, body: `${'💡\u0000"\\'.repeat(1_000)}`, ttl: '1e2s', failure_strategy: { retry: { backoff_millisecs: 1000, max_tries: 5 } }, to: [APP2, 'proxy2.broker', LOCAL] })

    await call(APP1, '/v1/tasks', { method: 'POST', body: JSON.stringify(sent).replace('"n":0', '"n":12345678901234567890') })

    const { text } = await call(APP2, `/v1/tasks/${sent.id as string}?wait_time=20s`)

    expect(text).to.include('"n":12345678901234567890')
    expect(JSON.parse(text.replace('12345678901234567890', '0'))).to.deep.equal(sent)
    expect(Object.keys(JSON.parse(text))).to.deep.equal(['body', 'failure_strategy', 'from', 'id', 'metadata', 'to', 'ttl'])
  })

  it('names both creators where an id is used twice', async () => {
    const id = randomUUID()
    const here = 'app1.proxy2.broker'

    await delivered({ id })
    expect((await post(task({ id, from: here, to: [APP2] }), here)).status, 'another creator, the same id').to.equal(201)
    await run([
      { name: 'read', call: async () => call(APP2, `/v1/tasks/${id}`), status: 409, text: /app1\.proxy[12]\.broker.*app1\.proxy[12]\.broker/ },
      { name: 'answer to both', call: async () => put(result(id, { to: [APP1, here] })), status: 409, text: /app1\.proxy[12]\.broker.*app1\.proxy[12]\.broker/ },
      { name: 'answer to one', call: async () => put(result(id, { to: [here] })), status: 201 }
    ])
    expect(JSON.parse((await call(here, `/v1/tasks/${id}/results?wait_count=1&wait_time=20s`)).text)).to.deep.equal([result(id, { to: [here] })])
    expect((await call(APP1, `/v1/tasks/${id}/results`)).text).to.equal('[]')
  })

  it('keeps tasks for a member that is off, says where they are', async () => {
    const off = lab.sites.find(({ id }) => id === 'proxy3.broker')

    process.kill(off?.pid ?? 0, 'SIGKILL')

    const id = randomUUID()

    expect((await post(task({ id, to: ['app1.proxy3.broker', APP2] }))).status, 'no 424').to.equal(201)
    await call(APP2, `/v1/tasks/${id}?wait_time=20s`)
    await put(result(id))
    await call(APP1, `/v1/tasks/${id}/results?wait_count=1&wait_time=20s`)

    const states = JSON.parse((await call(APP1, `/v1/tasks/${id}/deliveries`)).text) as Array<{ to: string, state: string }>

    expect(Object.fromEntries(states.map(({ to, state }) => [to, state]))).to.deep.equal({ 'app1.proxy3.broker': 'queued', [APP2]: 'answered' })
    expect((await call(APP2, `/v1/tasks/${id}/deliveries`)).status).to.be.oneOf([403, 404])
    expect((await call(APP1, `/v1/tasks/${randomUUID()}/deliveries`)).status).to.equal(404)
  })

  it('forgets tasks when their time is over', async () => {
    const id = await delivered({ ttl: '1500ms' })

    await new Promise((resolve) => { setTimeout(resolve, 2_500) })
    await run([
      { name: 'gone for its creator', call: async () => call(APP1, `/v1/tasks/${id}`), status: 404 },
      { name: 'gone for its recipient', call: async () => call(APP2, `/v1/tasks/${id}`), status: 404 },
      { name: 'not listed', call: async () => call(APP1, `/v1/tasks?from=${APP1}`), status: 200, text: new RegExp(`^(?![^]*${id})`) },
      { name: 'results still readable', call: async () => call(APP1, `/v1/tasks/${id}/results`), status: 200, text: /^\[\]$/ },
      { name: 'the id is free again', call: async () => post(task({ id })), status: 201 }
    ])
  })

  it('answers the other routes', async () => {
    await run([
      { name: 'health', call: async () => callApi(urls.proxy1, '/v1/health', { app: '' }), status: 200 },
      { name: 'ready', call: async () => callApi(urls.proxy1, '/v1/ready', { app: '' }), status: 200, text: /"ready":true/ },
      { name: 'document', call: async () => callApi(urls.proxy1, '/openapi.json', { app: '' }), status: 200, text: /^\{"openapi":"3\.1\.0"/ },
      { name: 'sites', call: async () => call(APP1, '/v1/sites'), status: 200, text: /"id":"proxy2\.broker"[^{}]*"online":true/ },
      { name: 'unknown path', call: async () => call(APP1, '/v1/nope'), status: 404 },
      { name: 'trailing slash', call: async () => call(APP1, '/v1/tasks/'), status: 404 },
      { name: 'wrong Content-Type', call: async () => call(APP1, '/v1/tasks', { method: 'POST', body: JSON.stringify(task()), headers: { 'content-type': 'application/x-www-form-urlencoded' } }), status: 201 },
      { name: 'another origin', call: async () => call(APP1, '/v1/health', { headers: { origin: 'https://evil.example' } }), status: 403, text: /another origin/ },
      { name: 'too large', call: async () => call(APP1, '/v1/tasks', { method: 'POST', body: Buffer.alloc(67_108_865, 0x20) }), status: 413, text: /^the request body is larger than the limit of 67108864 bytes/ }
    ])
  })

  it('finds a worker at the other site by its capability', async () => {
    expect((await call(APP2, '/v1/workers/me', { method: 'PUT', body: { capabilities: ['mean'], lease: '60s' } })).status).to.equal(200)

    for (let found = false, tries = 0; !found; tries++) {
      const { status, text } = await call(APP1, '/v1/workers?capability=mean')

      expect(status).to.equal(200)
      found = JSON.parse(text).workers.some(({ app }: { app: string }) => app === APP2) && JSON.parse(text).confirmed.includes('proxy2.broker')
      expect(tries, 'found within a few tries').to.be.below(10)
    }

    expect((await call(APP2, '/v1/workers/me', { method: 'DELETE' })).status).to.equal(204)
    expect(JSON.parse((await call(APP1, '/v1/workers?capability=mean')).text).workers).to.deep.equal([])
  })

  it('carries 55 MiB', async () => {
    const body = 'äbcd'.repeat(11_534_336)
    const id = randomUUID()

    expect((await post(task({ id, body }))).status).to.equal(201)

    const { status, text } = await call(APP2, `/v1/tasks/${id}?wait_time=60s`)

    expect(status).to.equal(200)
    expect(createHash('sha256').update(JSON.parse(text).body).digest('hex')).to.equal(createHash('sha256').update(body).digest('hex'))
  })

  it('answers held polls with what is there when the daemon stops', async () => {
    const id = await delivered()
    const poll = call(APP2, '/v1/tasks?filter=todo&wait_count=1000&wait_time=1h')

    await new Promise((resolve) => { setTimeout(resolve, 200) })
    process.kill(lab.sites.find(({ id }) => id === 'proxy2.broker')?.pid ?? 0, 'SIGTERM')

    const { status, text } = await poll

    expect(status).to.equal(206)
    expect(text).to.include(id)
  })
})
