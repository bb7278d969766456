import { spawn } from 'node:child_process'

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunInit {
  stdin?: string
  env?: NodeJS.ProcessEnv
  /** Killed after this, ms. @default 60_000 */
  timeout?: number
}

const TIMEOUT = 60_000

/** Runs a command to its end, whatever its exit code is */
export async function run (command: string, args: string[], { stdin = '', env, timeout = TIMEOUT }: RunInit = {}): Promise<Ran> {
  const child = spawn(command, args, { env, timeout, killSignal: 'SIGKILL' })
  const ran: Ran = { code: null, stdout: '', stderr: '' }

  child.stdout.on('data', (data: Buffer) => { ran.stdout += data.toString() })
  child.stderr.on('data', (data: Buffer) => { ran.stderr += data.toString() })
  child.stdin.on('error', () => {}) // a command that does not read its input closes it
  child.stdin.end(stdin)

  ran.code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })

  return ran
}

/** Runs a command that must succeed; returns what it printed */
export async function must (command: string, args: string[], init?: RunInit): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, init)

  if (code !== 0) {
    throw new Error(`${[command, ...args].join(' ')} ended with ${code ?? 'a signal'}: ${stderr.trim()}${init?.stdin == null ? '' : `\n${init.stdin}`}`)
  }

  return stdout
}
