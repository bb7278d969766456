import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'
import { eventually } from '../faults/disk/kit.ts'
import { must, run } from './command.ts'
import { describeLab, lab, open } from './index.ts'
import { labOf } from './names.ts'
import { labDirectory, namespaces, NETNS_ETC } from './sweep.ts'
import type { ChildProcess } from 'node:child_process'

const DOOMED = fileURLToPath(new URL('./scripts/doomed.ts', import.meta.url))

describeLab('a laboratory leaves nothing behind', function () {
  this.timeout(60_000)

  /** A process of its own with a lab of its own */
  async function doomed (): Promise<{ runner: ChildProcess, name: string }> {
    const runner = spawn(process.execPath, [DOOMED], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(runner.stdout ?? runner, 'data') as [Buffer]

    return { runner, name: line.toString().trim() }
  }

  async function end (runner: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    runner.kill(signal)
    await once(runner, 'exit')
  }

  /** Processes that have the lab's name in their command line, or live in it */
  async function processesOf (name: string): Promise<number[]> {
    const inside = await Promise.all((await namespaces()).filter(namespace => labOf(namespace) === name).map(async namespace => (await run('ip', ['netns', 'pids', namespace])).stdout.trim()))
    const named = readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && commandOf(pid).includes(name))

    return [...inside.join('\n').split('\n'), ...named].filter(pid => pid !== '').map(Number)
  }

  async function traces (name: string): Promise<string[]> {
    const etc = existsSync(NETNS_ETC) ? readdirSync(NETNS_ETC) : []

    return [
      ...(await namespaces()).filter(namespace => labOf(namespace) === name),
      ...etc.filter(entry => labOf(entry) === name),
      ...existsSync(labDirectory(name)) ? [labDirectory(name)] : [],
      ...(await processesOf(name)).map(pid => `process ${pid}: ${commandOf(String(pid))}`)
    ]
  }

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
    it(`when its runner ends by ${signal}`, async () => {
      const { runner, name } = await doomed()
      const inside = await processesOf(name)

      expect(await traces(name)).to.have.length.above(10)
      // echo server, door, sleep, proxy, DNS server, keeper
      expect(inside).to.have.length.above(5)
      await end(runner, signal)
      await eventually(`an end of ${name}`, async () => (await traces(name)).length === 0, 10_000)
      expect(inside.filter(pid => existsSync(`/proc/${pid}`) && commandOf(String(pid)).includes('netlab'))).to.deep.equal([])
    })
  }

  it('when even the one that cleans up is killed: the next one does it', async () => {
    const { runner, name } = await doomed()
    const keeper = (await processesOf(name)).find(pid => commandOf(String(pid)).includes('keeper'))

    process.kill(keeper ?? 0, 'SIGKILL')
    await end(runner, 'SIGKILL')
    expect(await traces(name)).to.have.length.above(5)

    await using other = await lab({ hosts: { site: {} } })
    expect(other.name).to.not.equal(name)
    expect(await traces(name)).to.deep.equal([])
  })

  it('and one that runs takes nothing from another that runs', async () => {
    const { runner, name } = await doomed()
    const before = await traces(name)
    const other = await lab({ hosts: { site: { firewall: open() } } })

    expect((await traces(name)).length).to.equal(before.length)
    await other.stop()
    expect(await traces(other.name)).to.deep.equal([])
    expect((await traces(name)).length).to.equal(before.length)
    await end(runner, 'SIGTERM')
    await eventually(`an end of ${name}`, async () => (await traces(name)).length === 0, 10_000)
  })

  it('and while it stands no interface and no route of it is in the machine\'s own namespace', async () => {
    const picture = async (): Promise<string> => `${await must('ip', ['-brief', 'link'])}${await must('ip', ['route'])}${await must('nft', ['list', 'ruleset'])}`
    const before = await picture()
    await using other = await lab({ hosts: { one: { firewall: open() }, two: { nat: true } } })

    expect(Object.keys(other.hosts)).to.deep.equal(['one', 'two'])
    expect(await picture()).to.equal(before)
  })
})

function commandOf (pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    // it has ended
    return ''
  }
}
