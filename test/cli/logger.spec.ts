import { spawn } from 'node:child_process'
import { expect } from 'aegir/chai'

const LOGGER = new URL('../../src/cli/logger.ts', import.meta.url).href

/** Runs code that has `log`, in a process of its own; what it wrote on stderr */
async function logged (level: string, code: string): Promise<Array<Record<string, any>>> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `import { createLogger } from '${LOGGER}'\nconst log = createLogger('${level}')\n${code}`])
  let text = ''

  child.stderr.on('data', (data: Buffer) => { text += data.toString() })
  await new Promise(resolve => { child.once('close', resolve) })

  return text.trim().split('\n').filter(line => line !== '').map(line => JSON.parse(line))
}

describe('cli: the log', () => {
  it('never shows what is secret, whoever logs it', async () => {
    const lines = await logged('info', `
      log.info({ ticket: 'S1', key: 'S2', headers: { authorization: 'S3' }, request: { headers: { authorization: 'S4' }, body: 'S5' } }, 'a')
      log.child({ component: 'x' }).warn({ secret: 'S6', app: { key: 'S7' }, site: 'kept' }, 'b')
    `)

    expect(JSON.stringify(lines)).to.not.match(/S\d/)
    expect(lines[1]).to.include({ level: 'warn', component: 'x', site: 'kept', secret: '[redacted]', msg: 'b' })
  })

  it('writes what is at its level and above, also when the process ends at once', async () => {
    expect((await logged('warn', "log.info({}, 'no'); log.warn({}, 'yes'); process.exit(0)")).map(({ msg }) => msg)).to.deep.equal(['yes'])
    expect(await logged('silent', "log.error({}, 'no')")).to.deep.equal([])
  })

  it('an error that nobody caught is fatal and on the log', async () => {
    const lines = await logged('info', "log.fatal({ err: new Error('bug') }, 'gone'); process.kill(process.pid, 'SIGKILL')")

    expect(lines[0]).to.deep.include({ level: 'fatal', msg: 'gone' })
    expect(lines[0].err).to.include({ message: 'bug' })
  })
})
