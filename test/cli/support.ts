import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildProcess } from 'node:child_process'

export const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
  /** stdout as JSON */
  json (): any
  /** stderr as JSON: what a failing command with --json prints */
  error (): { code: string, message: string }
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv
  stdin?: string
  node?: string
  bin?: string
  cwd?: string
}

/** Nothing of the tester's own environment reaches the program under test */
export function cleanEnv (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(BEAM_NODE_.*|APP_.+_KEY)$/.test(name))

  return { ...Object.fromEntries(own), ...env }
}

/** Runs one command line as a process of its own, to its end */
export async function beam (args: string[], { env, stdin = '', node = process.execPath, bin = BIN, cwd }: RunOptions = {}): Promise<Ran> {
  const child = spawn(node, [bin, ...args], { env: cleanEnv(env), cwd })
  const output = { stdout: '', stderr: '' }

  child.stdout.on('data', (data: Buffer) => { output.stdout += data.toString() })
  child.stderr.on('data', (data: Buffer) => { output.stderr += data.toString() })
  child.stdin.on('error', () => {}) // a command that does not read its input closes it
  child.stdin.end(stdin)

  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })

  return { code, ...output, json: () => JSON.parse(output.stdout), error: () => JSON.parse(output.stderr).error }
}

export interface Daemon {
  child: ChildProcess
  /** What `start --json` printed */
  facts: { id: string, api: string, reachable: boolean, addresses: string[], dir: string, pid: number }
  /** Log lines so far */
  log (): string
  /** Exit code, or the signal that ended it */
  ended: Promise<number | NodeJS.Signals | null>
}

/** `start --json`; resolves when it printed its line */
export async function startDaemon (dir: string, args: string[] = [], env?: NodeJS.ProcessEnv): Promise<Daemon> {
  const child = spawn(process.execPath, [BIN, 'start', '--json', '--dir', dir, ...args], { env: cleanEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  let text = ''
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => { child.once('exit', (code, signal) => { resolve(signal ?? code) }) })

  child.stderr.on('data', (data: Buffer) => { log += data.toString() })

  const facts = await new Promise<Daemon['facts']>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString()

      if (text.includes('\n')) {
        resolve(JSON.parse(text.split('\n')[0]))
      }
    })
    void ended.then(code => { reject(new Error(`the daemon ended with ${code}: ${log}`)) })
  })

  return { child, facts, log: () => log, ended }
}

/** A directory that is removed at the end of the suite */
export function useTemporaryDirectory (): (...names: string[]) => string {
  let root = ''

  before(async () => { root = await mkdtemp(join(tmpdir(), 'beam-cli-')) })
  after(async () => { await rm(root, { recursive: true, force: true }) })

  return (...names) => join(root, ...names)
}

/** Asks until it is so, or fails after `patience` ms */
export async function until<T> (ask: () => Promise<T | undefined>, patience: number = 20_000): Promise<T> {
  const end = performance.now() + patience

  for (;;) {
    const found = await ask()

    if (found !== undefined) {
      return found
    }

    if (performance.now() > end) {
      throw new Error(`it did not come within ${patience} ms`)
    }

    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
