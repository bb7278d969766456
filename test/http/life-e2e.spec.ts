import { expect } from 'aegir/chai'
import { call, KEY, newResult, newTask } from './helpers/api.ts'
import { startLab } from './helpers/lab.ts'
import type { Lab } from './helpers/lab.ts'

const APP1 = 'app1.proxy1.broker'
const APP2 = 'app2.proxy2.broker'

/** Real daemons in processes of their own: app1 asks at proxy1, app2 works at proxy2 */
describe('http: cancel and lease end to end', function () {
  this.timeout(120_000)

  let lab: Lab
  const urls: Record<string, string> = {}

  before(async () => {
    lab = await startLab('broker', ['proxy1', 'proxy2'], { app1: KEY, app2: KEY })

    for (const { id, api } of lab.sites) {
      urls[id.split('.')[0]] = api
    }
  })

  after(async () => { await lab?.stop() })

  const asker = async (path: string, options = {}): ReturnType<typeof call> => call(urls.proxy1, path, { app: APP1, ...options })
  const worker = async (path: string, options = {}): ReturnType<typeof call> => call(urls.proxy2, path, { app: APP2, ...options })
  const todo = async (wait = ''): Promise<string[]> => JSON.parse((await worker(`/v1/tasks?filter=todo${wait}`)).text).map(({ id }: { id: string }) => id)

  async function posted (): Promise<string> {
    const task = newTask({ from: APP1, to: [APP2] })
    expect(await asker('/v1/tasks', { method: 'POST', body: task })).to.have.property('status', 201)
    expect(await worker(`/v1/tasks/${task.id}?wait_count=1&wait_time=20s`)).to.have.property('status', 200)

    return String(task.id)
  }

  const put = async (id: string, status: string, query = '', headers = {}): ReturnType<typeof call> =>
    worker(`/v1/tasks/${id}/results/${APP2}${query}`, { method: 'PUT', body: newResult(id, { from: APP2, to: [APP1], status }), headers })

  it('DELETE takes a task back; whoever works on it learns it', async () => {
    const id = await posted()
    const claim = await put(id, 'claimed', '?lease=60s')
    expect(claim.status).to.equal(201)
    const headers = { 'beam-lease-token': claim.headers.get('beam-lease-token') }
    expect(await worker(`/v1/tasks/${id}`, { method: 'DELETE' })).to.include({ status: 403, text: 'Only the app that created a task may cancel it.' })
    expect(await asker(`/v1/tasks/${id}`, { method: 'DELETE' })).to.include({ status: 204, text: '' })
    expect(await asker(`/v1/tasks/${id}`, { method: 'DELETE' }), 'again').to.include({ status: 204 })

    let late = await put(id, 'claimed', '?lease=60s', headers)

    for (let i = 0; i < 100 && late.status !== 410; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      late = await put(id, 'claimed', '?lease=60s', headers)
    }

    expect(late, 'a renewal').to.include({ status: 410, text: 'The task was cancelled by its creator.' })
    expect(await put(id, 'claimed', '?lease=60s'), 'another claim').to.have.property('status', 410)
    expect(await put(id, 'succeeded', '', headers), 'an answer').to.have.property('status', 410)
    expect(await todo()).to.not.include(id)
    expect(await worker(`/v1/tasks/${id}`)).to.have.property('status', 410)
    expect(await asker(`/v1/tasks/${id}/results?wait_count=1&wait_time=30s`), 'at once').to.have.property('status').that.is.oneOf([200, 206])
  })

  it('DELETE of what nobody knows is 404, of what is no id 400', async () => {
    expect(await asker(`/v1/tasks/${newTask().id}`, { method: 'DELETE' })).to.include({ status: 404, text: '' })
    expect(await asker('/v1/tasks/x', { method: 'DELETE' })).to.have.property('status', 400)
  })

  it('a lease has a token, is exclusive, and gives the task back when it runs out', async () => {
    const id = await posted()
    const first = await put(id, 'claimed', '?lease=1s')
    const token = first.headers.get('beam-lease-token') ?? ''
    expect(first.status).to.equal(201)
    expect(Number(token)).to.be.greaterThan(0)
    expect(Date.parse(first.headers.get('beam-lease-until') ?? '')).to.be.within(Date.now() - 1_000, Date.now() + 1_500)

    const second = await put(id, 'claimed', '?lease=1s')
    expect(second).to.have.property('status', 409)
    expect(second.headers.get('retry-after')).to.equal('1')
    expect(await put(id, 'succeeded')).to.have.property('text').that.matches(/Beam-Lease-Token/)
    expect(await put(id, 'claimed', '?lease=1s', { 'beam-lease-token': token })).to.have.property('status', 204)

    expect(await todo('&wait_count=1&wait_time=20s')).to.include(id)
    const late = await put(id, 'succeeded', '', { 'beam-lease-token': token })
    expect(late.status).to.equal(409)
    expect(late.text).to.match(/^lease lost/)

    const again = await put(id, 'claimed', '?lease=60s')
    expect(Number(again.headers.get('beam-lease-token'))).to.be.greaterThan(Number(token))
    expect(await put(id, 'succeeded', '', { 'beam-lease-token': again.headers.get('beam-lease-token') })).to.have.property('status', 204)
    expect(JSON.parse((await asker(`/v1/tasks/${id}/results?wait_count=1&wait_time=20s`)).text)).to.have.nested.property('[0].status', 'succeeded')
  })

  it('says which leases there are', async () => {
    const id = await posted()

    for (const lease of ['0s', '500ms', '25h', 'soon', '']) {
      expect(await put(id, 'claimed', `?lease=${lease}`), lease).to.include({ status: 400 }).and.to.have.property('text').that.matches(/^lease must be a duration from 1s to 24h/)
    }

    expect(await put(id, 'succeeded', '?lease=5s')).to.include({ status: 400 }).and.to.have.property('text').that.matches(/^lease goes with the status "claimed" only/)
    expect(await put(id, 'claimed', '?lease=5s', { 'beam-lease-token': 'x' })).to.have.property('status', 400)
  })
})
