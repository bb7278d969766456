import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { expect } from 'aegir/chai'
import { BIN, beam, cleanEnv, startDaemon, until, useTemporaryDirectory } from './support.ts'
import type { ChildProcess } from 'node:child_process'
import type { AddressInfo } from 'node:net'

const NETWORK = 'broker'
const APPS = ['--app', 'app1=App1Secret', '--app', 'app2=App1Secret']

interface LabProcess {
  child: ChildProcess
  sites: Array<{ id: string, api: string, pid: number, dir: string }>
  stderr (): string
  ended: Promise<number | null>
}

async function startLab (...args: string[]): Promise<LabProcess> {
  const child = spawn(process.execPath, [BIN, 'lab', '--network', NETWORK, ...args], { env: cleanEnv(), stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  const ended = new Promise<number | null>((resolve) => { child.once('exit', resolve) })

  child.stdout.on('data', (data: Buffer) => { output.stdout += data.toString() })
  child.stderr.on('data', (data: Buffer) => { output.stderr += data.toString() })
  void ended.then(code => { output.stderr += `ended with ${code}` })

  const line = await until(async () => {
    if (output.stderr.includes('ended with')) {
      throw new Error(output.stderr)
    }

    return output.stdout.includes('\n') ? JSON.parse(output.stdout) : undefined
  }, 60_000)

  expect(line.ready).to.equal(true)

  return { child, sites: line.sites, stderr: () => output.stderr, ended }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('cli: lab', () => {
  const path = useTemporaryDirectory()
  let lab: LabProcess

  const as = (app: string): Record<string, string> => ({ authorization: `ApiKey ${app} App1Secret` })

  before(async () => {
    lab = await startLab('--site', 'proxy1=0', '--site', 'proxy2=0', '--site', 'proxy3=0', ...APPS)
  })

  after(async () => {
    lab.child.kill('SIGKILL')
    await lab.ended
  })

  it('gives one JSON line when every site reaches every other', async () => {
    expect(lab.sites.map(({ id }) => id)).to.deep.equal(['proxy1.broker', 'proxy2.broker', 'proxy3.broker'])

    for (const { dir, pid, api } of lab.sites) {
      const status = (await beam(['status', '--json', '--dir', dir])).json()

      expect(status.pid).to.equal(pid)
      expect(status.api).to.equal(api)
      expect(status.peers.up).to.have.lengthOf(2)
      expect((await fetch(`${api}/v1/health`)).status).to.equal(200)
    }
  })

  it('is a network in which Beam clients work: a task to another site, its result back', async () => {
    const [one, two] = lab.sites
    const id = crypto.randomUUID()
    const from = 'app1.proxy1.broker'
    const to = 'app2.proxy2.broker'
    const posted = await fetch(`${one.api}/v1/tasks`, {
      method: 'POST',
      headers: as(from),
      body: JSON.stringify({ id, from, to: [to], body: 'what is 6 times 7?', ttl: '60s', failure_strategy: 'discard', metadata: null })
    })

    expect(posted.status).to.equal(201)

    const [task] = await (await fetch(`${two.api}/v1/tasks?filter=todo&wait_count=1&wait_time=20s`, { headers: as(to) })).json()

    expect(task).to.include({ id, body: 'what is 6 times 7?', from })

    const answered = await fetch(`${two.api}/v1/tasks/${id}/results/${to}`, {
      method: 'PUT',
      headers: as(to),
      body: JSON.stringify({ from: to, to: [from], task: id, status: 'succeeded', body: '42', metadata: null })
    })

    expect(answered.status).to.equal(201)

    const [result] = await (await fetch(`${one.api}/v1/tasks/${id}/results?wait_count=1&wait_time=20s`, { headers: as(from) })).json()

    expect(result).to.include({ from: to, body: '42', status: 'succeeded' })
  })

  it('reports a daemon that was killed, and notices when it is started from outside', async () => {
    const [, two] = lab.sites
    process.kill(two.pid, 'SIGKILL')
    await until(async () => lab.stderr().includes('proxy2.broker ended by SIGKILL') ? true : undefined)
    expect(lab.stderr()).to.include(`beam-node start --dir ${two.dir}`)

    const again = await startDaemon(two.dir)

    expect(again.facts).to.include({ id: 'proxy2.broker', api: two.api })
    await until(async () => lab.stderr().includes(`proxy2.broker is back, serves ${two.api} (process ${again.facts.pid})`) ? true : undefined)

    for (const { dir } of lab.sites) {
      await until(async () => (await beam(['status', '--json', '--dir', dir])).json().peers.up.length === 2 ? true : undefined, 40_000)
    }
  })

  it('ends everything at SIGINT and leaves nothing behind', async () => {
    const pids = await Promise.all(lab.sites.map(async ({ dir }) => (await beam(['status', '--json', '--dir', dir])).json().pid))
    lab.child.kill('SIGINT')

    expect(await lab.ended).to.equal(0)
    expect(pids.filter(alive)).to.deep.equal([])
    expect(lab.sites.filter(({ dir }) => existsSync(dir))).to.deep.equal([])
    expect((await readdir(tmpdir())).filter(name => lab.sites[0].dir.includes(`/${name}/`))).to.deep.equal([])
  })

  it('keeps its state with --dir, and goes on with it', async () => {
    const first = await startLab('--site', 'a=0', '--site', 'b=0', '--app', 'app1=App1Secret', '--dir', path('kept'))
    first.child.kill('SIGTERM')
    expect(await first.ended).to.equal(0)
    expect(first.sites.filter(({ pid }) => alive(pid))).to.deep.equal([])
    expect(existsSync(path('kept', 'a', 'network.json'))).to.equal(true)
    expect(await beam(['lab', '--network', NETWORK, '--site', 'a=1025', '--dir', path('kept')])).to.include({ code: 2, stdout: '' })

    const second = await startLab('--site', 'a=0', '--site', 'b=0', '--app', 'app1=Another1Secret', '--dir', path('kept'))

    try {
      expect(second.sites.map(({ api }) => api)).to.deep.equal(first.sites.map(({ api }) => api))
      expect((await fetch(`${second.sites[0].api}/v1/tasks?filter=todo`, { headers: { authorization: 'ApiKey app1.a.broker Another1Secret' } })).status).to.equal(200)
    } finally {
      second.child.kill('SIGTERM')
      await second.ended
    }
  })

  it('ends within seconds when told so while it starts', async () => {
    const child = spawn(process.execPath, [BIN, 'lab', '--site', 'a=0', '--site', 'b=0', '--dir', path('early')], { env: cleanEnv(), stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => { stderr += data.toString() })
    const ended = new Promise<number | null>((resolve) => { child.once('exit', resolve) })
    await until(async () => stderr.includes('founded the network') ? true : undefined)
    child.kill('SIGINT')

    const started = performance.now()

    expect(await ended).to.equal(8)
    expect(performance.now() - started).to.be.below(10_000)
    expect(stderr).to.include('the lab was ended before it was ready')
    expect(await beam(['status', '--dir', path('early', 'a')])).to.include({ code: 3 })
  })

  it('says which port is taken, and leaves nothing behind', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const ran = await beam(['lab', '--site', `a=${port}`, '--dir', path('taken')])
    server.close()

    expect(ran).to.include({ code: 6, stdout: '' })
    expect(ran.stderr).to.match(new RegExp(`\\nbeam-node: the daemon on .*/a did not start: the API cannot listen on 127\\.0\\.0\\.1:${port}: another program uses it already: stop that one or choose another api\\.port\\n$`))
    expect(await beam(['status', '--dir', path('taken', 'a')])).to.include({ code: 3 })
  })

  it('takes its daemons with it when it is killed itself', async () => {
    const killed = await startLab('--site', 'a=0', '--site', 'b=0', '--dir', path('orphans'))
    killed.child.kill('SIGKILL')
    await killed.ended
    await until(async () => killed.sites.every(({ pid }) => !alive(pid)) ? true : undefined)
  })
})
