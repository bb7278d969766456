import { expect } from 'aegir/chai'
import { beam, startDaemon, useTemporaryDirectory } from './support.ts'
import type { Daemon } from './support.ts'

describe('cli: what an operator asks', () => {
  const path = useTemporaryDirectory()
  const ids: string[] = []
  let daemon: Daemon

  const post = async (from: string, to: string): Promise<string> => {
    const id = crypto.randomUUID()
    const response = await fetch(`${daemon.facts.api}/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `ApiKey ${from} App1Secret` },
      body: JSON.stringify({ id, from, to: [to], body: 'x', ttl: '60s', failure_strategy: 'discard', metadata: null })
    })
    expect(response.status).to.equal(201)

    return id
  }

  before(async function () {
    this.timeout(60_000)
    await beam(['init', '--network', 'study.example', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('hub.key'), '--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0'])
    daemon = await startDaemon(path('hub'), [], { APP_one_KEY: 'App1Secret', APP_two_KEY: 'App1Secret' })
    const invited = await beam(['invite', '--site', 'north', '--json', '--dir', path('hub')])
    const joined = await beam(['join', invited.json().ticket, '--dir', path('north')])
    expect(joined.code, joined.stderr).to.equal(0)
    ids.push(await post('one.hub.study.example', 'app.north.study.example'), await post('two.hub.study.example', 'one.hub.study.example'))
  })

  after(async () => {
    daemon.child.kill('SIGTERM')
    await daemon.ended
  })

  const list = async (...args: string[]): Promise<string[]> => (await beam(['tasks', 'list', '--json', '--dir', path('hub'), ...args])).json().map(({ id }: { id: string }) => id)

  it('tasks list narrows by state, app and age', async () => {
    const [queued, here] = ids

    expect(await list()).to.deep.equal([here, queued])
    expect(await list('--state', 'queued')).to.deep.equal([queued])
    expect(await list('--state', 'delivered')).to.deep.equal([here])
    expect(await list('--app', 'two')).to.deep.equal([here])
    expect(await list('--app', 'app.north.study.example')).to.deep.equal([queued])
    expect(await list('--older-than', '1h')).to.deep.equal([])
    expect(await list('--older-than', '1ms', '--limit', '1')).to.deep.equal([here])

    const wrong = await beam(['tasks', 'list', '--state', 'lost', '--dir', path('hub')])
    expect(wrong).to.include({ code: 2 })
    expect(wrong.stderr).to.include('--state must be one of queued, delivered')
    expect((await beam(['tasks', 'list', '--app', 'a.b', '--dir', path('hub')])).stderr).to.include('app must be an app of this site')
  })

  it('outbox list tells what waits, for whom, and why', async () => {
    const [row, ...more] = (await beam(['outbox', 'list', '--json', '--dir', path('hub')])).json()

    expect(more).to.deep.equal([])
    expect(row).to.include({ site: 'north.study.example', kind: 'task', state: 'queued', size: 1 })
    expect(row.task.id).to.equal(ids[0])
    expect(row.note).to.match(/^no link since this daemon started/)
    expect((await beam(['outbox', 'list', '--site', 'north', '--dir', path('hub')])).stdout).to.include(ids[0]).and.to.include('with the link')
    expect((await beam(['outbox', 'list', '--site', 'hub', '--dir', path('hub')])).stdout).to.equal('nothing waits for other sites\n')
    expect(await beam(['outbox', 'list', '--site', 'a b', '--dir', path('hub')])).to.include({ code: 2 })
  })

  it('tasks cancel takes a task back, once', async () => {
    const id = await post('one.hub.study.example', 'two.hub.study.example')
    const cancel = async (task: string): ReturnType<typeof beam> => beam(['tasks', 'cancel', task, '--json', '--dir', path('hub')])

    expect((await cancel(id.toUpperCase())).json()).to.deep.equal({ id, before: false })
    expect((await cancel(id)).json()).to.deep.equal({ id, before: true })
    expect(await list('--state', 'cancelled')).to.include(id)
    expect(await (await fetch(`${daemon.facts.api}/metrics`)).text()).to.include('\nbeam_tasks_cancelled_total 1\n')

    const unknown = await cancel(crypto.randomUUID())
    expect(unknown).to.include({ code: 7, stdout: '' })
    expect(unknown.error().message).to.match(/^no task ".+" is known at this site$/)
  })

  it('clock accept says what it risks, and does nothing without --yes', async () => {
    const asked = await beam(['clock', 'accept', '--dir', path('hub')])

    expect(asked).to.include({ code: 2, stdout: '' })
    expect(asked.stderr).to.include('would be\ntaken for new').and.to.include('--yes is needed')
    expect((await beam(['clock', 'accept', '--yes', '--json', '--dir', path('hub')])).json()).to.have.all.keys('was', 'now')
  })
})
