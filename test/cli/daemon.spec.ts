import { readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { beam, startDaemon, until, useTemporaryDirectory } from './support.ts'
import type { Daemon, Ran } from './support.ts'

const KEY = 'a-long-enough-chosen-key'

describe('cli: a running daemon', () => {
  const path = useTemporaryDirectory()
  const running: Daemon[] = []
  let daemon: Daemon

  const on = async (...args: string[]): Promise<Ran> => beam([...args, '--dir', path('hub')])
  const start = async (...args: string[]): Promise<Daemon> => {
    daemon = await startDaemon(path('hub'), args, { APP_fromenv_KEY: KEY })
    running.push(daemon)

    return daemon
  }

  before(async () => {
    await beam(['init', '--network', 'study', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('r.key'), '--api-port', '0', '--listen', '/ip4/127.0.0.1/tcp/0', '--network-reachable', 'yes'])
    await start()
  })

  after(async () => {
    running.forEach(({ child }) => { child.kill('SIGKILL') })
    await Promise.all(running.map(async ({ ended }) => ended))
  })

  it('start prints one line a person or a program can use, and answers health', async () => {
    expect(daemon.facts).to.include({ id: 'hub.study', reachable: true, dir: path('hub'), pid: daemon.child.pid })
    expect(daemon.facts.addresses[0]).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)

    const health = await fetch(`${daemon.facts.api}/v1/health`)

    expect(health.status).to.equal(200)
    expect((await fetch(`${daemon.facts.api}/v1/ready`)).status).to.equal(200)
  })

  it('logs JSON lines with levels on stderr', () => {
    const lines = daemon.log().trim().split('\n').map(line => JSON.parse(line))

    expect(lines).to.not.be.empty()
    lines.forEach(line => { expect(line).to.include.keys('level', 'time', 'msg') })
    expect(lines.map(({ msg }) => msg)).to.include('ready')
  })

  it('status tells everything an operator asks first', async () => {
    const status = (await on('status', '--json')).json()

    expect(status).to.deep.include({
      id: 'hub.study',
      network: 'study',
      pid: daemon.child.pid,
      api: daemon.facts.api,
      reachable: true,
      authority: true,
      peers: { up: [], members: 0 },
      paths: { direct: 0, relay: 0, changes: { to_direct: 0, to_relay: 0, other_relay: 0 } },
      clockAlarms: [],
      forked: false,
      ready: true,
      reasons: []
    })
    expect(status.roster.seq).to.equal(1)
    expect(status.roster.hash).to.match(/^[0-9a-f]{64}$/)
    expect(status.queue).to.include({ tasks: 0, results: 0, queued: 0 })
    expect(status.admission.standing).to.equal('member')
    expect(status.admission.until).to.be.above(Date.now() + 364 * 86_400_000)
    expect(status.fingerprint).to.equal((await on('id', '--json')).json().fingerprint)
    expect((await on('status')).stdout).to.match(/^id +hub\.study$/m).and.match(/^ready +yes$/m)
  })

  it('keeps its socket and directory to its user', async () => {
    expect((await stat(path('hub', 'run'))).mode & 0o777).to.equal(0o700)
    expect((await stat(path('hub', 'run', 'control.sock'))).mode & 0o777).to.equal(0o600)
  })

  it('answers members, peers and tasks', async () => {
    expect((await on('members', '--json')).json()).to.have.lengthOf(1)
    expect((await on('peers', '--json')).json()).to.deep.equal([])
    expect((await on('peers')).stdout).to.equal('no links to other sites\n')
    expect((await on('tasks', 'list', '--json')).json()).to.deep.equal([])
    expect(await on('tasks', 'show', '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8', '--json')).to.include({ code: 7, stdout: '' })
  })

  it('shows where a task stands', async () => {
    const id = '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8'
    const posted = await fetch(`${daemon.facts.api}/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `ApiKey fromenv.hub.study ${KEY}` },
      body: JSON.stringify({ id, from: 'fromenv.hub.study', to: ['other.hub.study'], body: 'private words', ttl: '10m', failure_strategy: 'discard', metadata: 'more private words' })
    })

    expect(posted.status).to.equal(201)

    const [listed] = (await on('tasks', 'list', '--json')).json()

    expect(listed).to.deep.include({ id, from: 'fromenv.hub.study', to: ['other.hub.study'], creator: 'hub.study' })

    const shown = await on('tasks', 'show', id, '--json')

    expect(shown.json()[0]).to.have.property('id', id)
    expect(shown.stdout + daemon.log()).to.not.include('private words')
    expect((await on('tasks', 'show', id)).stdout).to.match(/^RECIPIENT +STATE/m).and.match(/^other\.hub\.study +/m)
    expect((await on('tasks', 'list')).stdout).to.include(id)
  })

  it('gives and takes keys while it runs', async () => {
    const { id, key } = (await on('app', 'add', 'live', '--json')).json()
    const ask = async (key: string): Promise<number> => (await fetch(`${daemon.facts.api}/v1/tasks?filter=todo`, { headers: { authorization: `ApiKey ${id} ${key}` } })).status

    expect(await ask(key)).to.equal(200)

    const rotated = (await on('app', 'rotate-key', 'live', '--json')).json()

    expect(await ask(key)).to.equal(401)
    expect(await ask(rotated.key)).to.equal(200)
    expect((await on('app', 'list', '--json')).json().map((app: any) => [app.id, app.source])).to.deep.include.members([['live.hub.study', 'store'], ['fromenv.hub.study', 'environment']])
    expect(await on('app', 'remove', 'live')).to.include({ code: 0 })
    expect(await ask(rotated.key)).to.equal(401)
    expect(await on('app', 'remove', 'live', '--json')).to.include({ code: 7 })
    expect(daemon.log()).to.not.include(key).and.to.not.include(rotated.key).and.to.not.include(KEY)
  })

  it('prints tickets, and refuses what cannot be invited or revoked', async () => {
    const invited = await on('invite', '--site', 'north', '--capability', 'penguins.*', '--lifetime', '2h', '--json')
    const { ticket, site, expires } = invited.json()

    expect(invited).to.include({ code: 0, stderr: '' })
    expect(ticket).to.match(/^beam1[\w-]+$/)
    expect(site).to.equal('north.study')
    expect(expires).to.be.within(Date.now() + 7_100_000, Date.now() + 7_300_000)
    expect((await on('invite', '--site', 'north2')).stdout).to.match(/^beam1[\w-]+\n$/)
    expect(daemon.log()).to.not.include(ticket)

    expect((await on('revoke', 'hub', '--json')).error()).to.have.property('code', 'REFUSED')
    expect(await on('revoke', 'hub')).to.include({ code: 4 })
    expect((await on('revoke', 'nobody')).code).to.be.oneOf([4, 7])
    expect(await on('revoke', 'no site!')).to.include({ code: 2 })
  })

  it('refuses a second start', async () => {
    const second = await on('start')

    expect(second).to.include({ code: 6, stdout: '' })
    expect(second.stderr).to.include(`already (process ${daemon.child.pid})`)
    expect((await on('status')).code).to.equal(0)
  })

  it('takes a data directory over from a daemon that was killed', async () => {
    daemon.child.kill('SIGKILL')
    await daemon.ended
    expect(await stat(path('hub', 'run', 'control.sock'))).to.be.ok()
    expect(await on('status')).to.include({ code: 3 })

    await start()
    expect((await on('status', '--json')).json()).to.have.property('pid', daemon.child.pid)
  })

  it('drains: held polls are answered, new work is not accepted, exit code 0', async () => {
    const headers = { authorization: `ApiKey fromenv.hub.study ${KEY}` }
    const held = fetch(`${daemon.facts.api}/v1/tasks?filter=todo&wait_count=5&wait_time=60s`, { headers })

    // a request that never ends, too
    const socket = connect(Number(new URL(daemon.facts.api).port), '127.0.0.1')
    socket.on('error', () => {}) // it is cut in the end
    socket.write(`POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${headers.authorization}\r\nContent-Length: 1000\r\n\r\n{`)
    await new Promise(resolve => setTimeout(resolve, 300))

    const started = performance.now()
    daemon.child.kill('SIGTERM')

    const answer = await held

    expect(answer.status).to.be.oneOf([200, 206])
    expect(await answer.json()).to.be.an('array')
    expect(await daemon.ended).to.equal(0)
    expect(performance.now() - started).to.be.below(10_000)
    expect(await on('status')).to.include({ code: 3 })
    expect(daemon.log()).to.include('"msg":"stopped"')
    expect(daemon.log().split('\n').filter(line => /"level":"(error|fatal)"/.test(line))).to.deep.equal([])
  })

  it('stop drains and waits', async () => {
    await start()

    const stopped = await on('stop', '--json')

    expect(stopped.json()).to.deep.equal({ stopped: true, pid: daemon.child.pid })
    expect(await daemon.ended).to.equal(0)
    expect((await on('stop', '--json')).error()).to.have.property('code', 'NOT_RUNNING')
  })

  it('ends at once when told twice', async () => {
    await start()

    // a request that never ends keeps the drain waiting
    const socket = connect(Number(new URL(daemon.facts.api).port), '127.0.0.1')
    socket.on('error', () => {}) // it is cut in the end
    socket.write(`POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ApiKey fromenv.hub.study ${KEY}\r\nContent-Length: 1000\r\n\r\n{`)
    await new Promise(resolve => setTimeout(resolve, 300))

    daemon.child.kill('SIGTERM')
    await until(async () => daemon.log().includes('told to stop') ? true : undefined)
    // as a terminal and npm together do: still one word
    daemon.child.kill('SIGTERM')
    await new Promise(resolve => setTimeout(resolve, 700))
    expect(daemon.child.exitCode).to.equal(null)
    daemon.child.kill('SIGTERM')
    expect(await daemon.ended).to.equal(130)
    socket.destroy()
  })

  it('says that a port is taken, and leaves nothing running', async () => {
    await start()

    const { port } = new URL(daemon.facts.api)
    await beam(['init', '--network', 'n', '--site', 's', '--dir', path('second'), '--recovery-file', path('s.key'), '--api-port', port, '--listen', '/ip4/127.0.0.1/tcp/0'])
    const refused = await beam(['start', '--dir', path('second'), '--json'])

    expect(refused).to.include({ code: 6, stdout: '' })
    expect(refused.stderr).to.match(new RegExp(`"message":"[^"]*127\\.0\\.0\\.1:${port}[^"]*uses it already`))

    const listen = daemon.facts.addresses[0].replace(/\/p2p\/.*/, '')
    const refusedToo = await beam(['start', '--dir', path('second'), '--api-port', '0', '--listen', listen])

    expect(refusedToo).to.include({ code: 6, stdout: '' })
    expect(refusedToo.stderr).to.include(`cannot listen on ${listen}`)
    expect(await beam(['status', '--dir', path('second')])).to.include({ code: 3 })
  })

  it('works in a data directory whose path is too long for a socket', async () => {
    const dir = path('x'.repeat(120), 'site')
    await beam(['init', '--network', 'long', '--site', 's', '--dir', dir, '--recovery-file', path('l.key'), '--api-port', '0', '--listen', '/ip4/127.0.0.1/tcp/0'])
    const long = await startDaemon(dir)
    running.push(long)

    const socket = await readFile(join(dir, 'run', 'control.path'), 'utf8')

    expect(Buffer.byteLength(socket)).to.be.at.most(107)
    expect((await stat(join(socket, '..'))).mode & 0o777).to.equal(0o700)
    expect((await beam(['status', '--json', '--dir', dir])).json()).to.have.property('id', 's.long')
    expect(await beam(['stop', '--dir', dir])).to.include({ code: 0 })
  })

  it('refuses a database of a newer version with a clear word', async () => {
    const dir = path('newer')
    await beam(['init', '--network', 'n', '--site', 's', '--dir', dir, '--recovery-file', path('n.key'), '--api-port', '0'])
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(dir, 'data', 'beam.sqlite'))
    database.exec('PRAGMA user_version = 9999')
    database.close()

    const ran = await beam(['start', '--dir', dir])

    expect(ran).to.include({ code: 11, stdout: '' })
    expect(ran.stderr).to.match(/newer/).and.not.match(/\n\s+at /)

    await writeFile(join(dir, 'data', 'beam.sqlite'), 'this is no database at all, it is a text of some length that SQLite does not know')
    expect(await beam(['start', '--dir', dir])).to.include({ code: 11 })
  })
})
