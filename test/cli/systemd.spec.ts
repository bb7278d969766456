import { execFile, execFileSync } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import { skip } from '../skip.ts'
import { useTemporaryDirectory } from './support.ts'

const UNIT = new URL('../../config/beam-node.service', import.meta.url)

describe('cli: the systemd unit', () => {
  const path = useTemporaryDirectory()

  it('is what systemd itself takes, without a word', async function () {
    try {
      execFileSync('systemd-analyze', ['--version'])
    } catch {
      skip(this, 'systemd-analyze is not on this machine')
    }

    await copyFile(UNIT, path('beam-node.service'))
    const { stdout, stderr } = await promisify(execFile)('systemd-analyze', ['verify', path('beam-node.service')])

    expect(stdout + stderr).to.equal('')
  })

  it('does not start again what a restart cannot help', async () => {
    const prevented = /^RestartPreventExitStatus=(.+)$/m.exec(await readFile(UNIT, 'utf8'))?.[1].split(' ').map(Number) ?? []
    const codes = ['USAGE', 'NOT_FOUND', 'NODE_TOO_OLD', 'STORE_CORRUPT']

    expect(prevented).to.have.members(codes.map(code => EXIT_CODES.find(({ errors }) => errors.includes(code))?.exit))
  })
})
