import { expect } from 'aegir/chai'
import { authorization, call, KEY, newResult, newTask } from './helpers/api.ts'
import { collect, openEvents } from './helpers/event-source.ts'
import { startLab } from './helpers/lab.ts'
import type { EventSourceAnswer, ServerEvent } from './helpers/event-source.ts'
import type { Lab } from './helpers/lab.ts'

const APP1 = 'app1.proxy1.broker'
const APP2 = 'app2.proxy2.broker'

/** Real daemons in processes of their own: app1 asks at proxy1, app2 works at proxy2 */
describe('http: events end to end', function () {
  this.timeout(120_000)

  let lab: Lab
  let asking: EventSourceAnswer
  let working: EventSourceAnswer
  const urls: Record<string, string> = {}

  before(async () => {
    lab = await startLab('broker', ['proxy1', 'proxy2'], { app1: KEY, app2: KEY })

    for (const { id, api } of lab.sites) {
      urls[id.split('.')[0]] = api
    }

    asking = await openEvents(`${urls.proxy1}/v1/events`, authorization(APP1))
    working = await openEvents(`${urls.proxy2}/v1/events`, authorization(APP2))
  })

  after(async () => {
    asking?.abort()
    working?.abort()
    await lab?.stop()
  })

  const post = async (): Promise<string> => {
    const task = newTask({ from: APP1, to: [APP2] })
    expect(await call(urls.proxy1, '/v1/tasks', { app: APP1, method: 'POST', body: task })).to.have.property('status', 201)

    return String(task.id)
  }
  const put = async (id: string, status: string): Promise<void> => {
    const { status: code } = await call(urls.proxy2, `/v1/tasks/${id}/results/${APP2}`, { app: APP2, method: 'PUT', body: newResult(id, { from: APP2, to: [APP1], status }) })
    expect(code).to.be.oneOf([201, 204])
  }
  /** The next events, of which each is of this task, and their numbers have no hole */
  const next = async (stream: EventSourceAnswer, count: number, task: string): Promise<string[]> => {
    const events: ServerEvent[] = []

    // collect() would close the stream
    while (events.length < count) {
      const { value } = await stream.events.next()

      if ('event' in value) {
        events.push(value)
      }
    }

    const told = events.map(({ data }) => JSON.parse(data))
    expect(told.map(event => event.task)).to.deep.equal(Array(count).fill(task))
    expect(told.map(event => event.n)).to.deep.equal(told.map((_, i) => Number(told[0].n) + i))

    return events.map(({ event }) => event)
  }

  it('the creator is told of delivery, claim and answer; the worker of what came and that its answer arrived', async () => {
    const id = await post()
    expect(await next(working, 1, id)).to.deep.equal(['task_arrived'])
    expect(await next(asking, 1, id)).to.deep.equal(['task_delivered'])
    await put(id, 'claimed')
    expect(await next(asking, 1, id)).to.deep.equal(['task_claimed'])
    // its receipt may take a moment longer: a claim that an answer overtakes is never told as delivered
    expect(await next(working, 1, id)).to.deep.equal(['result_delivered'])
    await put(id, 'succeeded')
    expect(await next(asking, 1, id)).to.deep.equal(['task_answered'])
    expect(await next(working, 1, id)).to.deep.equal(['result_delivered'])
  })

  it('both are told of a cancel, the worker over the network', async () => {
    const id = await post()
    expect(await next(working, 1, id)).to.deep.equal(['task_arrived'])
    expect(await next(asking, 1, id)).to.deep.equal(['task_delivered'])
    expect(await call(urls.proxy1, `/v1/tasks/${id}`, { app: APP1, method: 'DELETE' })).to.have.property('status', 204)
    expect(await next(asking, 1, id)).to.deep.equal(['task_cancelled'])
    expect(await next(working, 1, id)).to.deep.equal(['task_cancelled'])
  })

  it('who comes back with its last id gets what it missed, once and in order', async () => {
    const ids = [await post(), await post(), await post()]
    const again = await openEvents(`${urls.proxy2}/v1/events?types=task_arrived`, { ...authorization(APP2), 'last-event-id': '1-1' })
    const missed = (await collect(again.events, 4)).map(({ data }) => JSON.parse(data).task)
    expect(missed.slice(-3)).to.have.members(ids)
    expect(new Set(missed)).to.have.property('size', 4)
  })
})
