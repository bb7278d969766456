import { randomUUID } from 'node:crypto'
import { expect } from 'aegir/chai'
import { APP1, APP2, call, newResult, newTask, REMOTE, startApi } from './helpers/api.ts'
import type { TestApi } from './helpers/api.ts'

describe('http: results', () => {
  let api: TestApi
  let id: string

  before(async () => { api = await startApi() })
  after(async () => { await api.close() })

  beforeEach(async () => {
    api.tasks.strangers = []
    api.tasks.ambiguous = undefined
    id = randomUUID()
    await call(api.url, '/v1/tasks', { method: 'POST', body: newTask({ id }) })
  })

  const put = async (body: unknown, { task = id, app = APP2 } = {}): ReturnType<typeof call> => call(api.url, `/v1/tasks/${task}/results/${app}`, { method: 'PUT', app: APP2, body })
  const get = async (query = '', options = {}): ReturnType<typeof call> => call(api.url, `/v1/tasks/${id}/results${query}`, options)

  describe('PUT /v1/tasks/{id}/results/{app}', () => {
    it('answers 201 to the first, 204 to an update, 201 to a claim after success', async () => {
      for (const [status, code] of [['claimed', 201], ['tempfailed', 204], ['claimed', 204], ['permfailed', 204], ['succeeded', 204], ['succeeded', 204], ['claimed', 201], ['permfailed', 204], ['claimed', 204]] as const) {
        expect(await put(newResult(id, { status })), status).to.include({ status: code, text: '' })
      }
    })

    it('takes any form of the id in path and body', async () => {
      expect(await put(newResult(`{${id}}`), { task: id.toUpperCase() })).to.include({ status: 201 })
    })

    it('checks in Beam\'s order', async () => {
      const other = randomUUID()
      const table: Array<[string, unknown, { task?: string, app?: string }, number, RegExp]> = [
        ['body first', '{', { task: 'x' }, 400, /^Invalid body\nrequest body must be JSON/],
        ['missing status', { ...newResult(id), status: undefined }, {}, 400, /^Invalid body\nstatus is missing/],
        ['wrong status', newResult(id, { status: 'done' }), {}, 400, /^Invalid body\nstatus must be one of "claimed"/],
        ['missing metadata', { ...newResult(id), metadata: undefined }, {}, 400, /^Invalid body\nmetadata is missing/],
        ['task is no UUID', newResult('x'), {}, 400, /^Invalid body\ntask must be a UUID/],
        ['to is text', newResult(id, { to: APP1 }), {}, 400, /^Invalid body\nto must be an array/],
        ['a task is no result', newTask(), {}, 400, /^Invalid body\ntask is missing/],
        ['empty', '', {}, 400, /^Invalid body\nrequest body must be JSON/],
        ['somebody else', newResult(other, { from: APP1 }), {}, 401, /^You are not authorized to send on behalf of this app\.$/],
        ['path is no UUID', newResult(id), { task: 'x' }, 400, /^Invalid URL: the task id/],
        ['path is no app', newResult(id), { app: 'app2' }, 400, /^Invalid URL: the app id must be of this network/],
        ['other network', newResult(id), { app: 'app2.proxy1.other' }, 400, /^Invalid URL: /],
        ['other task', newResult(other), {}, 400, /^Task IDs supplied in path and payload do not match\.$/],
        ['other app', newResult(id), { app: APP1 }, 400, /^AppID supplied in URL and signed message do not match\.$/],
        ['unknown task', newResult(other), { task: other }, 404, /^Task not found$/]
      ]

      for (const [name, body, path, status, text] of table) {
        const answer = await put(body, path)

        expect(answer.status, name).to.equal(status)
        expect(answer.text, name).to.match(text)
      }
    })

    it('answers 424 before it compares path and body', async () => {
      const stranger = newResult(randomUUID(), { to: ['a.proxy3.broker', 'b.proxy3.broker', APP1] })

      expect(await put(stranger)).to.include({ status: 424, text: '["proxy3.broker","proxy3.broker"]' })
      api.tasks.strangers = ['proxy3.broker']
      expect(await put({ ...stranger, task: id })).to.include({ status: 424, text: '["proxy3.broker"]' })
    })

    it('answers 403 to an app that is no recipient', async () => {
      const task = randomUUID()

      await call(api.url, '/v1/tasks', { method: 'POST', body: newTask({ id: task, to: [REMOTE] }) })
      expect(await put(newResult(task), { task })).to.include({ status: 403, text: 'Not allowed to access this task' })
    })

    it('answers 409 naming both creators where `to` does not decide', async () => {
      api.tasks.ambiguous = [APP1, REMOTE]

      const { status, text } = await put(newResult(id))

      expect(status).to.equal(409)
      expect(text).to.include(APP1).and.to.include(REMOTE)
    })
  })

  describe('GET /v1/tasks/{id}/results', () => {
    it('returns results with exactly Beam\'s keys', async () => {
      const result = newResult(id, { metadata: { precise: 0.5 } })

      await put(result)

      const { status, text } = await get()

      expect(status).to.equal(200)
      expect(JSON.parse(text)).to.deep.equal([result])
      expect(Object.keys(JSON.parse(text)[0])).to.deep.equal(['body', 'from', 'metadata', 'status', 'task', 'to'])
    })

    it('knows who may ask', async () => {
      expect(await get('?')).to.include({ status: 200, text: '[]' })
      expect(await get('', { app: APP2 })).to.include({ status: 403, text: '' })
      expect(await call(api.url, `/v1/tasks/${randomUUID()}/results`)).to.include({ status: 404, text: '' })
      expect((await call(api.url, '/v1/tasks/x/results')).text).to.match(/^Invalid URL: /)
      expect((await get('?wait_count=-1')).text).to.match(/^For long-polling/)
    })

    it('does not count claimed results for waiting, but for 200 and 206', async () => {
      await put(newResult(id, { status: 'claimed', body: null }))

      const claimed = await get('?wait_count=1&wait_time=50ms')

      expect(claimed.status).to.equal(200)
      expect(JSON.parse(claimed.text)[0]).to.include({ status: 'claimed', body: '' })
      expect((await get('?wait_count=2&wait_time=50ms')).status).to.equal(206)

      const poll = get('?wait_count=1&wait_time=10s')

      await put(newResult(id))
      expect(JSON.parse((await poll).text)[0]).to.include({ status: 'succeeded' })
    })

    it('answers HEAD like GET without the body', async () => {
      await put(newResult(id))

      const full = await get()
      const head = await get('', { method: 'HEAD' })

      expect(head).to.include({ status: 200, text: '' })
      expect(head.headers.get('content-length')).to.equal(String(full.text.length))
      expect((await get('', { method: 'HEAD', app: APP2 })).status).to.equal(403)
      expect((await get('', { method: 'HEAD', headers: { accept: 'text/event-stream' } })).status).to.equal(200)
    })
  })
})
