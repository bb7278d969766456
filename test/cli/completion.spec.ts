import { execFile, execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect } from 'aegir/chai'
import { COMMANDS } from '../../src/cli/cmds/index.ts'
import { skip } from '../skip.ts'
import { beam, useTemporaryDirectory } from './support.ts'

const run = promisify(execFile)

/** As bash asks at a TAB */
const ASK = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _beam_node; printf "%s\\n" "$' + '{COMPREPLY[@]}"'

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'])
    return true
  } catch {
    return false
  }
}

describe('cli: completion', () => {
  const path = useTemporaryDirectory()

  before(async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await beam(['completion', shell])
      expect(code).to.equal(0)
      await writeFile(path(shell), stdout)
    }
  })

  /** What bash offers behind these words, asked as the shell itself asks */
  const inBash = async (...words: string[]): Promise<string[]> => {
    const line = ['beam-node', ...words]
    const { stdout } = await run('bash', ['--norc', '-c', ASK, path('bash'), ...line])

    return stdout.split('\n').filter(word => word !== '')
  }

  it('bash: completes commands, subcommands and flags', async function () {
    if (!has('bash')) {
      skip(this, 'bash is not on this machine')
    }

    expect(await inBash('dem')).to.deep.equal(['demo'])
    expect(await inBash('tasks', 'l')).to.deep.equal(['list'])
    expect(await inBash('tasks', 'list', '--st')).to.deep.equal(['--state'])
    expect(await inBash('start', '--api-p')).to.deep.equal(['--api-port'])
    expect(await inBash('tasks', 'list', '--state', 'queued', '--ol')).to.deep.equal(['--older-than'])
    expect(await inBash('app', '')).to.include.members(['add', 'list', 'remove', 'rotate-key'])
    expect(await inBash('start', '--dir', '')).to.deep.equal([])
  })

  it('bash: knows every command', async function () {
    if (!has('bash')) {
      skip(this, 'bash is not on this machine')
    }

    const first = await inBash('')
    expect(first).to.include.members([...new Set(COMMANDS.map(({ usage }) => usage.split(' ')[0]))])
  })

  it('zsh: completes in a real zsh', async function () {
    if (!has('zsh')) {
      skip(this, 'zsh is not on this machine')
    }

    const { stdout } = await run('zsh', ['-f', '-c', 'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; source "$1"; words=(beam-node tasks l); CURRENT=3; _beam_node', 'zsh', path('zsh')])
    expect(stdout.split('\n')).to.include.members(['list', 'show'])
  })

  it('fish: completes in a real fish', async function () {
    if (!has('fish')) {
      skip(this, 'fish is not on this machine')
    }

    const { stdout } = await run('fish', ['--no-config', '-c', `source ${path('fish')}; complete -C 'beam-node tasks l'; complete -C 'beam-node tasks list --st'`])
    expect(stdout).to.include('list').and.to.include('--state')
  })

  it('has the same words for each shell, and refuses another', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { script } = (await beam(['completion', shell, '--json'])).json()

      for (const word of ['rotate-key', 'older-than', 'api-body-limit', 'recovery-file']) {
        expect(script, shell).to.include(word)
      }
    }

    expect(await beam(['completion', 'tcsh'])).to.include({ code: 2, stderr: 'beam-node: shell must be one of bash, zsh, fish, not "tcsh"\n' })
  })
})
