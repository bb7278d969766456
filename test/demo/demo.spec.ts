import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import type { ChildProcess } from 'node:child_process'

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

/** "Under 60 s after installation on two cores" */
const LIMIT = 60_000

function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // no such process
    return false
  }
}

describe('the demo', function () {
  this.timeout(3 * LIMIT)

  // a temporary directory of our own shows what was left behind
  let tmp: string
  const running: ChildProcess[] = []
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, TMPDIR: tmp, NODE_OPTIONS: '' })

  beforeEach(() => { tmp = mkdtempSync(join(tmpdir(), 'beam-demo-')) })
  afterEach(() => {
    // a test that failed must not leave its demo behind: daemons and workers end with it
    running.splice(0).forEach(child => { child.kill('SIGKILL') })
    rmSync(tmp, { recursive: true, force: true })
  })

  it('tells the whole story and ends well', async () => {
    const started = Date.now()
    const { stdout } = await promisify(execFile)(process.execPath, [BIN, 'demo'], { env: env(), timeout: 2 * LIMIT })
    const lines = stdout.trimEnd().split('\n')

    expect(Date.now() - started).to.be.below(LIMIT)
    expect(lines.at(-1)).to.match(/^demo: ok, \d+\.\d s$/)
    expect(stdout).to.not.include('\u001b')

    // palmerpenguins: body mass of 151, 68 and 123 weighed birds; mean ± sd as everybody knows them
    for (const [species, n, figure] of [['Adelie', 151, '3700.662 ± 458.566'], ['Chinstrap', 68, '3733.088 ± 384.335'], ['Gentoo', 123, '5076.016 ± 504.116']]) {
      expect(stdout).to.match(new RegExp(`${species} +body mass g +${n} +${figure} +${figure}`))
    }

    expect(stdout).to.match(/delivery to worker\.dream\.demo: queued/)
    expect(stdout).to.match(/the late answer is here/)
    expect(readdirSync(tmp)).to.deep.equal([])
  })

  it('ends soon when it is interrupted, wherever it is', async () => {
    const child = spawn(process.execPath, [BIN, 'demo'], { env: env(), stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let text = ''

    running.push(child)

    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk

      // daemons are starting
      if (text.includes('joined with a ticket') && !child.killed) {
        child.kill('SIGINT')
      }
    })

    expect(await exited).to.deep.equal([1, null])
    expect(text.trimEnd().split('\n').at(-1)).to.equal('demo: failed, interrupted')
    expect(readdirSync(tmp)).to.deep.equal([])
  })

  it('prints one JSON object, and with --keep goes on until it is told to end', async () => {
    const child = spawn(process.execPath, [BIN, 'demo', '--json', '--keep'], { env: env(), stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let text = ''

    running.push(child)

    child.stdout.setEncoding('utf8')

    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      text += chunk as string

      if (text.includes('\n')) {
        break
      }
    }

    const report = JSON.parse(text)
    expect(report.ok).to.equal(true)
    expect(report.first.agree).to.equal(true)
    expect(report.first.answers).to.have.lengthOf(3)
    expect(report.second.agree).to.equal(true)
    expect(report.second.deliveries.find((delivery: { to: string }) => delivery.to.endsWith(`.${report.second.killed}`)).state).to.equal('queued')

    for (const { ms, path } of report.first.answers) {
      expect(ms).to.be.within(0, 30_000)
      expect(path).to.be.oneOf(['direct', 'relay'])
    }

    // the lines are meant to be pasted
    const script = report.curl.split('\n').filter((line: string) => line.startsWith('curl')).join('\n')
    const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', script], { timeout: 30_000 })
    expect(stdout).to.include('HTTP/1.1 201')
    expect(stdout.match(/"status":"succeeded","task":/g)).to.have.lengthOf(3)

    for (const { pid } of report.sites) {
      expect(isAlive(pid)).to.equal(true)
    }

    child.kill('SIGINT')
    expect(await exited).to.deep.equal([0, null])

    for (const { pid, dir } of report.sites) {
      expect(isAlive(pid)).to.equal(false)
      expect(existsSync(dir)).to.equal(false)
    }

    expect(readdirSync(tmp)).to.deep.equal([])
  })
})
