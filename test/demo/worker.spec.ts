import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect } from 'aegir/chai'
import { dataOf } from '../../src/demo/penguins.ts'
import { startWorker } from '../../src/demo/worker-process.ts'
import type { WorkerProcess } from '../../src/demo/worker-process.ts'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Seen { method: string, path: string, authorization?: string, body?: any }

/** As much of a daemon as one worker sees: hands out its tasks once, notes what comes */
class Daemon {
  readonly seen: Seen[] = []
  readonly tasks: object[] = []
  readonly server: Server
  /** Requests that are answered with 503 first */
  failures = 0

  constructor () {
    this.server = createServer((request, response) => {
      void (async () => {
        let text = ''

        for await (const chunk of request) {
          text += chunk
        }

        this.seen.push({ method: request.method ?? '', path: request.url ?? '', authorization: request.headers.authorization, body: text === '' ? undefined : JSON.parse(text) })

        if (this.failures > 0) {
          this.failures--
          response.writeHead(503).end()
        } else if (request.method === 'GET') {
          const tasks = this.tasks.splice(0)
          // a poll is held while there is nothing to do
          setTimeout(() => { response.end(JSON.stringify(tasks)) }, tasks.length > 0 ? 0 : 200)
        } else {
          response.writeHead(201).end()
        }
      })()
    })
  }

  results (status: string): Seen[] {
    return this.seen.filter(({ method, path, body }) => method === 'PUT' && path.includes('/results/') && body.status === status)
  }

  async until (condition: () => boolean): Promise<void> {
    for (const end = Date.now() + 20_000; !condition();) {
      expect(Date.now()).to.be.below(end)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}

describe('the demo\'s worker', () => {
  const app = 'worker.dream.demo'
  const lines: string[] = []
  let daemon: Daemon
  let worker: WorkerProcess

  beforeEach(async () => {
    daemon = new Daemon()
    daemon.server.listen(0, '127.0.0.1')
    await once(daemon.server, 'listening')
    worker = startWorker({
      api: `http://127.0.0.1:${(daemon.server.address() as AddressInfo).port}`,
      app,
      key: 'secret',
      capability: 'penguins',
      data: dataOf('dream'),
      onLine: line => { lines.push(line) }
    })
  })

  afterEach(async () => {
    await worker.stop()
    daemon.server.closeAllConnections()
    daemon.server.close()
  })

  it('announces what it can do, claims a task and answers with sums, not rows', async () => {
    daemon.tasks.push({ id: 't1', from: 'question.coordinator.demo', body: JSON.stringify({ by: 'species', columns: ['body_mass_g'] }) })
    await daemon.until(() => daemon.results('succeeded').length > 0)

    expect(daemon.seen[0]).to.deep.include({ method: 'PUT', path: '/v1/workers/me', body: { capabilities: ['penguins'] }, authorization: `ApiKey ${app} secret` })
    expect(daemon.results('claimed')).to.have.lengthOf(1)

    const [{ path, body }] = daemon.results('succeeded')
    expect(path).to.equal(`/v1/tasks/t1/results/${app}`)
    expect(body).to.deep.include({ from: app, to: ['question.coordinator.demo'], task: 't1' })
    // palmerpenguins: 56 Adelie on Dream, one of them with an unknown sex, all weighed; 68 Chinstrap, mean 3733.088 g
    const groups = JSON.parse(body.body)
    expect(Object.keys(groups)).to.deep.equal(['Adelie', 'Chinstrap'])
    expect(groups.Chinstrap.body_mass_g.n).to.equal(68)
    expect(groups.Chinstrap.body_mass_g.sum / 68).to.be.closeTo(3733.088, 0.001)
  })

  it('says clearly what it cannot do, and goes on', async () => {
    daemon.tasks.push(
      { id: 't1', from: 'question.coordinator.demo', body: JSON.stringify({ by: 'species', columns: ['wingspan'] }) },
      { id: 't2', from: 'question.coordinator.demo', body: 'no JSON' },
      { id: 't3', from: 'question.coordinator.demo', body: JSON.stringify({ by: 'species', columns: ['bill_depth_mm'] }) }
    )
    await daemon.until(() => daemon.results('succeeded').length > 0)

    const [first, second] = daemon.results('permfailed')
    expect(first.body.body).to.include('there is no column "wingspan"')
    expect(second.body.task).to.equal('t2')
  })

  it('comes back after its daemon was away, and still gives its answer', async () => {
    daemon.failures = 4
    daemon.tasks.push({ id: 't1', from: 'question.coordinator.demo', body: JSON.stringify({ by: 'species', columns: ['bill_depth_mm'] }) })
    await daemon.until(() => daemon.results('succeeded').length > 0)

    expect(daemon.results('succeeded')).to.have.lengthOf(1)
    expect(lines.join('\n')).to.include('trying again until the daemon is back').and.not.to.include('secret')
  })
})
