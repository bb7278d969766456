import { randomUUID } from 'node:crypto'
import { expect } from 'aegir/chai'
import { LimitError, UnavailableError } from '../../src/core/errors.ts'
import { APP1, APP2, call, newTask, REMOTE, startApi } from './helpers/api.ts'
import type { TestApi } from './helpers/api.ts'

const LONG_POLL = 'For long-polling, please define &wait_time=<duration with unit> (e.g. 1000ms) and &wait_count=<count>.'

describe('http: tasks', () => {
  let api: TestApi

  before(async () => { api = await startApi() })
  after(async () => { await api.close() })

  beforeEach(() => {
    api.tasks.tasks.clear()
    api.tasks.answers.clear()
    api.tasks.strangers = []
    api.tasks.failure = undefined
    api.tasks.ambiguous = undefined
  })

  const post = async (body: unknown): ReturnType<typeof call> => call(api.url, '/v1/tasks', { method: 'POST', body })

  describe('POST /v1/tasks', () => {
    it('answers 201 without a body and names the task in Location', async () => {
      const task = newTask()
      const answer = await post(task)

      expect(answer).to.include({ status: 201, text: '' })
      expect(answer.headers.get('location')).to.equal(`/v1/tasks/${task.id as string}`)
      expect(answer.headers.get('content-length')).to.equal('0')
    })

    it('answers 409 with Location to an id that is taken', async () => {
      const task = newTask()

      await post(task)

      const again = await post(task)

      expect(again).to.include({ status: 409, text: '' })
      expect(again.headers.get('location')).to.equal(`/v1/tasks/${task.id as string}`)
    })

    it('reads ids in every form of a UUID and keeps one', async () => {
      const id = randomUUID()

      expect(await post(newTask({ id: `urn:uuid:${id.toUpperCase()}` }))).to.include({ status: 201 })
      expect(await post(newTask({ id: id.replaceAll('-', '') }))).to.include({ status: 409 })
      expect((await call(api.url, `/v1/tasks/{${id}}`)).status).to.equal(200)
    })

    it('takes tasks that Beam takes: no recipients, sites, null body, any metadata, unknown fields', async () => {
      for (const overrides of [
        { to: [] }, { to: ['proxy2.broker', REMOTE] }, { body: null }, { body: undefined }, { metadata: { a: [1, null, 'x'] } }, { metadata: 'text' }, { unknown: { deep: [[[]]] } },
        { ttl: 'inf' }, { ttl: '1' }, { ttl: '1e3ms' }, { failure_strategy: { retry: { backoff_millisecs: 1000, max_tries: 5 } } }, { body: 'a\u0000b' }, { body: '💡' }, { body: '' }
      ]) {
        expect(await post(newTask(overrides)), JSON.stringify(overrides)).to.include({ status: 201, text: '' })
      }
    })

    it('returns exactly what was posted, with exactly Beam\'s keys', async () => {
      const task = newTask({ to: [APP1, REMOTE], metadata: { big: 0, text: 'ä' }, ttl: '1e1s', failure_strategy: { retry: { backoff_millisecs: 1, max_tries: 2 } } })
      const bytes = JSON.stringify({ ...task, extra: true }).replace('"big":0', '"big":9007199254740993')

      expect((await post(bytes)).status).to.equal(201)

      const { text } = await call(api.url, `/v1/tasks/${task.id as string}`)

      expect(text).to.include('"big":9007199254740993')
      expect(JSON.parse(text.replace('9007199254740993', '0'))).to.deep.equal(task)
      expect(Object.keys(JSON.parse(text))).to.deep.equal(['body', 'failure_strategy', 'from', 'id', 'metadata', 'to', 'ttl'])
    })

    it('answers 400 with Beam\'s text, then field and rule', async () => {
      const task = newTask()
      const without = (field: string): object => Object.fromEntries(Object.entries(task).filter(([name]) => name !== field))
      const table: Array<[unknown, RegExp]> = [
        [undefined, /^request body must be JSON/], ['', /^request body must be JSON/], ['{', /^request body must be JSON/], [Buffer.from([0x7b, 0xff]), /^request body must be UTF-8/],
        ['[]', /^request body must be a JSON object/], ['null', /^request body must be a JSON object/], ['"x"', /^request body must be a JSON object/],
        [without('id'), /^id is missing: it must be a UUID/], [without('from'), /^from is missing/], [without('to'), /^to is missing/], [without('ttl'), /^ttl is missing/],
        [without('failure_strategy'), /^failure_strategy is missing/], [without('metadata'), /^metadata is missing/],
        [{ ...task, id: 'x' }, /^id must be a UUID .* not "x"$/], [{ ...task, id: 7 }, /^id must be a UUID/],
        [{ ...task, from: 'app1' }, /^from must be the id of an app/], [{ ...task, from: 'proxy1.broker' }, /^from must be the id of an app/], [{ ...task, from: 'app1.proxy1.other' }, /^from must be/],
        [{ ...task, to: APP2 }, /^to must be an array/], [{ ...task, to: [APP2, 'app2.proxy1.wrong'] }, /^to\[1\] must be .* not "app2\.proxy1\.wrong"$/], [{ ...task, to: [null] }, /^to\[0\] must be/],
        [{ ...task, to: Array.from({ length: 1_025 }, () => APP2) }, /^to must be an array of at most 1024 ids/],
        [{ ...task, body: 5 }, /^body must be a string or null/], [{ ...task, body: {} }, /^body must be a string or null/], ['{"body":"\\ud800"}', /^id is missing/],
        [JSON.stringify(task).replace('hello', '\\ud800'), /^body must be well-formed Unicode/],
        [{ ...task, ttl: 30 }, /^ttl must be a string with a duration/], [{ ...task, ttl: '-1s' }, /^ttl must be .* not "-1s"$/], [{ ...task, ttl: '' }, /^ttl must be/], [{ ...task, ttl: null }, /^ttl must be/],
        [{ ...task, failure_strategy: 'retry' }, /^failure_strategy must be "discard" or/], [{ ...task, failure_strategy: { retry: { max_tries: 1 } } }, /^failure_strategy must be/],
        [{ ...task, failure_strategy: { retry: { backoff_millisecs: -1, max_tries: 1 } } }, /^failure_strategy must be/],
        [JSON.stringify(task).replace('"metadata":null', `"metadata":${'['.repeat(200)}${']'.repeat(200)}`), /^metadata must not be nested deeper/],
        [JSON.stringify(task).replace('"metadata":null', '"metadata":1e999'), /^metadata must hold only numbers/],
        // a result is no task
        [{ from: APP1, to: [APP2], task: task.id, status: 'succeeded', metadata: null }, /^id is missing/]
      ]

      for (const [body, rule] of table) {
        const { status, text } = await post(body)
        const [first, second] = text.split('\n')

        expect({ status, first }, String(rule)).to.deep.equal({ status: 400, first: 'Invalid body' })
        expect(second).to.match(rule)
      }

      expect(api.tasks.tasks.size).to.equal(0)
    })

    it('answers 401 to a sender that is somebody else', async () => {
      expect(await post(newTask({ from: APP2 }))).to.include({ status: 401, text: 'You are not authorized to send on behalf of this app.' })
      expect(await post(newTask({ from: REMOTE }))).to.include({ status: 401 })
    })

    it('answers 424 with the ids of the sites, and creates nothing', async () => {
      api.tasks.strangers = ['proxy3.broker', 'proxy4.broker']

      const answer = await post(newTask({ to: ['a.proxy3.broker', 'b.proxy3.broker', APP2, 'proxy4.broker'] }))

      expect(answer).to.include({ status: 424, text: '["proxy3.broker","proxy4.broker"]' })
      expect(answer.headers.get('content-type')).to.match(/^application\/json/)
      expect(api.tasks.tasks.size).to.equal(0)
    })

    it('passes on what the daemon cannot do now', async () => {
      api.tasks.failure = new UnavailableError('the daemon is stopping')

      const draining = await post(newTask())

      expect(draining).to.include({ status: 503, text: 'the daemon is stopping' })
      expect(draining.headers.get('retry-after')).to.equal('5')

      api.tasks.failure = new LimitError('too many open tasks', 7)

      const limited = await post(newTask())

      expect(limited).to.include({ status: 429, text: 'too many open tasks' })
      expect(limited.headers.get('retry-after')).to.equal('7')

      api.tasks.failure = new Error('a bug with details')
      expect(await post(newTask())).to.include({ status: 500, text: 'Internal server error' })
    })

    it('does not look at Content-Type', async () => {
      for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'nonsense', '; ;', 'multipart/form-data']) {
        const answer = await call(api.url, '/v1/tasks', { method: 'POST', body: JSON.stringify(newTask()), headers: { 'content-type': type } })

        expect(answer.status, type).to.equal(201)
      }
    })
  })

  describe('GET /v1/tasks', () => {
    const get = async (query: string, app = APP1): ReturnType<typeof call> => call(api.url, `/v1/tasks${query}`, { app })

    it('lists by direction, hides the body from a creator who is no recipient', async () => {
      const task = newTask()

      await post(task)
      expect(JSON.parse((await get(`?from=${APP1}`)).text)).to.deep.equal([{ ...task, body: '<encrypted>' }])
      expect(JSON.parse((await get('?filter=todo', APP2)).text)).to.deep.equal([task])
      expect(JSON.parse((await get(`?to=${APP2}`, APP2)).text)).to.deep.equal([task])
      expect(JSON.parse((await get(`?to=${APP2}&from=${APP2}`, APP2)).text)).to.deep.equal([task])
      expect((await get(`?to=${APP1}`)).text, 'created, not received').to.equal('[]')
      expect((await get('?filter=todo')).text, 'created, not to do').to.equal('[]')
      expect((await get(`?from=${APP2}`, APP2)).text, 'received, not created').to.equal('[]')
    })

    it('tolerates what clients leave behind and unknown keys', async () => {
      for (const query of ['?filter=todo&', `?to=${APP1}&`, `?from=${APP1}&wait_timeout=10000`, `?&&from=${APP1}`, `?filter=todo&to=${APP1}&from=${APP1}`]) {
        expect(await get(query), query).to.include({ status: 200, text: '[]' })
      }
    })

    it('answers in Beam\'s order with Beam\'s texts', async () => {
      const table: Array<[string, number, RegExp]> = [
        ['', 400, /^Please supply either "from" or "to" query parameter\.$/], ['?', 400, /^Please supply either/], ['?wait_time=1ms', 400, /^Please supply either/],
        [`?from=${APP2}`, 403, /^You can only list messages created by you \(from\) or directed to you \(to\)\.$/], [`?to=${REMOTE}`, 403, /^You can only/], ['?to=proxy1.broker', 403, /^You can only/],
        [`?to=${APP1}&from=${APP2}`, 403, /^You can only/], [`?filter=todo&to=${APP2}`, 403, /^You can only/],
        ['?from=x', 400, /^Failed to deserialize query string: from must be/], ['?to=app1.proxy1.other', 400, /^Failed to deserialize query string: to must be/], ['?to=', 400, /^Failed to deserialize query string: to/],
        ['?filter=done', 400, /^Failed to deserialize query string: filter must be "todo", not "done"/], ['?filter=TODO', 400, /^Failed to deserialize/], ['?filter=todo&filter=todo', 400, /only once/],
        // wait parameters come first
        ['?from=x&wait_count=x', 400, /^For long-polling/], ['?filter=done&wait_time=x', 400, /^For long-polling/]
      ]

      for (const [query, status, text] of table) {
        const answer = await get(query)

        expect(answer.status, query).to.equal(status)
        expect(answer.text, query).to.match(text)
      }
    })

    it('refuses wait parameters with Beam\'s text, then the rule', async () => {
      for (const bad of ['wait_count=', 'wait_count=-1', 'wait_count=65536', 'wait_count=1.5', 'wait_count=x', 'wait_count=1s', 'wait_count=1&wait_count=1', 'wait_time=', 'wait_time=x', 'wait_time=-1', 'wait_time=1y', 'wait_time=1%20s']) {
        const { status, text } = await get(`?filter=todo&${bad}`)

        expect(status, bad).to.equal(400)
        expect(text.split('\n')[0], bad).to.equal(LONG_POLL)
        expect(text.split('\n')[1], bad).to.match(/^wait_(count|time) must be/)
      }

      for (const good of ['wait_count=0', 'wait_count=%2B0', 'wait_count=000', 'wait_count=65535&wait_time=0', 'wait_time=1ns', 'wait_time=1', 'wait_time=1e-3s']) {
        expect((await get(`?filter=todo&${good}`)).status, good).to.be.oneOf([200, 206])
      }
    })

    it('waits by Beam\'s rules and says 206 when there are fewer than wait_count', async () => {
      const started = performance.now()

      expect(await get('?filter=todo&wait_count=1&wait_time=100ms')).to.include({ status: 206, text: '[]' })
      expect(await get('?filter=todo&wait_time=100')).to.include({ status: 200, text: '[]' })
      expect(performance.now() - started).to.be.within(195, 1_500)
      expect(await get('?filter=todo&wait_count=0&wait_time=1h')).to.include({ status: 200, text: '[]' })

      const poll = get('?filter=todo&wait_count=1', APP2)

      await post(newTask())
      expect(await poll).to.include({ status: 200 })
      await post(newTask())

      const both = await get('?filter=todo&wait_count=1', APP2)

      expect(both.status).to.equal(200)
      expect(JSON.parse(both.text), 'all that match, never just N').to.have.lengthOf(2)
      expect(await get('?filter=todo&wait_count=3&wait_time=50ms', APP2)).to.include({ status: 206 })
    })

    it('streams answers that are too large for one string', async () => {
      const body = 'ä"'.repeat(1_000_000)

      await post(newTask({ body }))
      await post(newTask({ body: 'small' }))
      await post(newTask({ body }))

      const tasks = JSON.parse((await get('?filter=todo', APP2)).text)

      expect(tasks.map((task: { body: string }) => task.body)).to.deep.equal([body, 'small', body])
    })
  })

  describe('GET /v1/tasks/{id}', () => {
    it('shows a task to its creator and recipients, and says 404 to everybody else', async () => {
      const task = newTask({ to: [REMOTE] })

      await post(task)
      expect(await call(api.url, `/v1/tasks/${task.id as string}`)).to.include({ status: 200 })
      expect(await call(api.url, `/v1/tasks/${task.id as string}`, { app: APP2 })).to.include({ status: 404, text: '' })
      expect(await call(api.url, `/v1/tasks/${randomUUID()}`)).to.include({ status: 404, text: '' })
    })

    it('answers at once without wait parameters, waits for the id with them', async () => {
      const task = newTask()
      const path = `/v1/tasks/${task.id as string}`
      const started = performance.now()

      expect((await call(api.url, path)).status).to.equal(404)
      expect(performance.now() - started).to.be.below(500)
      expect((await call(api.url, `${path}?wait_time=50ms`)).status).to.equal(404)

      const polls = ['?wait_count=1', '?wait_time=10s', '?wait_count=1&wait_time=10s'].map(async (query) => call(api.url, path + query))

      await post(task)

      for (const { status } of await Promise.all(polls)) {
        expect(status).to.equal(200)
      }
    })

    it('refuses a wait_count other than 1 without a body, and ids that are none', async () => {
      const id = randomUUID()

      for (const count of [0, 2, 65_535]) {
        expect(await call(api.url, `/v1/tasks/${id}?wait_count=${count}`)).to.include({ status: 400, text: '' })
      }

      expect((await call(api.url, `/v1/tasks/${id}?wait_count=x`)).text).to.match(/^For long-polling/)
      expect(await call(api.url, '/v1/tasks/nonsense')).to.deep.include({ status: 400, text: 'Invalid URL: the task id must be a UUID, not "nonsense"' })
      expect((await call(api.url, `/v1/tasks/${'x'.repeat(401)}`)).status).to.equal(414)
    })

    it('names both creators where an id is used twice', async () => {
      api.tasks.ambiguous = [APP1, REMOTE]

      const { status, text } = await call(api.url, `/v1/tasks/${randomUUID()}`)

      expect(status).to.equal(409)
      expect(text).to.include(APP1).and.to.include(REMOTE)
    })
  })

  describe('GET /v1/tasks/{id}/deliveries', () => {
    it('says where the task is, to its creator only', async () => {
      const task = newTask({ to: [APP2, REMOTE] })
      const path = `/v1/tasks/${task.id as string}/deliveries`

      await post(task)
      expect(JSON.parse((await call(api.url, path)).text)).to.deep.equal([APP2, REMOTE].map((to) => ({ to, state: 'queued', since: '2023-11-14T22:13:20.000Z' })))
      expect(await call(api.url, path, { app: APP2 })).to.include({ status: 403, text: 'Only the app that created a task sees its deliveries.' })
      expect((await call(api.url, `/v1/tasks/${randomUUID()}/deliveries`)).status).to.equal(404)
      expect((await call(api.url, '/v1/tasks/x/deliveries')).status).to.equal(400)
    })
  })
})
