import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { SpawnOptions } from 'node:child_process'

/** Longest wait for the first line of a helper, ms */
const FIRST_LINE = 20_000

/** A process inside a namespace; it ends with the lab at the latest */
export interface Spawned {
  readonly pid: number
  /** What it printed so far, to either output */
  output (): string
  /** The first line that it prints; rejects when it ends before */
  line (): Promise<string>
  /** How it ended: exit code or signal */
  readonly ended: Promise<number | NodeJS.Signals | null>
  kill (signal: NodeJS.Signals): void
}

export function spawnIn (namespace: string, command: string, args: string[], options: SpawnOptions = {}): Spawned {
  // `ip netns exec` becomes the command: the process id is the command's own
  const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let stdout = ''
  let output = ''

  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString()
    output += data.toString()
  })
  child.stderr?.on('data', (data: Buffer) => { output += data.toString() })
  // the runner may end before them: the lab's keeper sees to what is left
  child.unref()

  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('error', err => {
      output += err.message
      resolve(null)
    })
    child.once('exit', (code, signal) => { resolve(signal ?? code) })
  })
  const failure = ended.then(how => { throw new Error(`${[command, ...args].join(' ')} ended with ${how}: ${output}`) })
  failure.catch(() => {}) // for whoever waits for a line

  return {
    pid: child.pid ?? 0,
    output: () => output,
    async line () {
      const patience = AbortSignal.timeout(FIRST_LINE)

      while (!stdout.includes('\n')) {
        await Promise.race([once(child.stdout ?? child, 'data', { signal: patience }), failure])
      }

      return stdout.slice(0, stdout.indexOf('\n'))
    },
    ended,
    kill: (signal) => { child.kill(signal) }
  }
}
