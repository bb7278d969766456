import { spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BeamError, UnavailableError } from '../core/errors.ts'
import type { ChildProcess } from 'node:child_process'

const BIN = fileURLToPath(new URL('../cli/bin.js', import.meta.url))

/** Longest wait for the line that a daemon prints when it is ready, ms */
const START_TIMEOUT = 60_000

/** Lines of its log that are shown when a daemon does not start */
const LAST_LINES = 3

export interface DaemonProcess {
  readonly pid: number
  /** What `start --json` printed */
  readonly line: { id: string, api: string }
  /** Resolves with how it ended, for people */
  readonly ended: Promise<string>
  signal(name: NodeJS.Signals): void
}

/**
 * `beam-node start` as a process of its own, with its log in a file. It is in its
 * own process group, so that Ctrl-C reaches only the lab, which then drains it; and
 * it drains by itself when this process dies, because their channel closes.
 */
export async function startDaemon (dir: string, signal?: AbortSignal, bin = BIN): Promise<DaemonProcess> {
  signal?.throwIfAborted()

  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const log = join(dir, 'daemon.log')
  const output = openSync(log, 'a', 0o600)
  // what stands there is of earlier starts
  const before = fstatSync(output).size
  const child = spawn(process.execPath, [bin, 'start', '--json', '--end-with-parent', '--dir', dir], {
    detached: true,
    env: cleanEnv(process.env),
    stdio: ['ignore', 'pipe', output, 'ipc']
  })

  closeSync(output)
  child.channel?.unref()
  child.unref()

  // not ready yet, so it has acknowledged nothing
  const abort = (): void => { child.kill('SIGKILL') }
  signal?.addEventListener('abort', abort)

  const ended = new Promise<string>((resolve) => {
    child.once('error', err => { resolve(`could not be started: ${err.message}`) })
    child.once('exit', (code, signal) => { resolve(signal == null ? `ended with exit code ${code}` : `ended by ${signal}`) })
  })
  const line = await Promise.race([
    firstLine(child),
    ended.then(how => { throw whyNot(dir, how, readFileSync(log).subarray(before).toString()) })
  ]).finally(() => { signal?.removeEventListener('abort', abort) })

  return { pid: child.pid ?? 0, line, ended, signal: name => { child.kill(name) } }
}

async function firstLine (child: ChildProcess): Promise<{ id: string, api: string }> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new UnavailableError(`a daemon was not ready within ${START_TIMEOUT / 1_000} s`))
    }, START_TIMEOUT)

    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString()

      if (text.includes('\n')) {
        clearTimeout(timer)
        resolve(JSON.parse(text.slice(0, text.indexOf('\n'))))
      }
    })
    child.once('exit', () => { clearTimeout(timer) })
  })
}

/** What is set for this process is not meant for the daemons */
function cleanEnv (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(BEAM_NODE_.*|APP_.+_KEY)$/.test(name)))
}

/** What the daemon itself said at its end, with its code; else the last lines of its log */
function whyNot (dir: string, how: string, log: string): Error {
  const lines = log.trim().split('\n')

  for (const line of lines.toReversed()) {
    const said = errorOf(line)

    if (said != null) {
      return new BeamError(said.code, `the daemon on ${dir} did not start: ${said.message}`)
    }
  }

  return new UnavailableError(`the daemon on ${dir} ${how}: ${lines.slice(-LAST_LINES).join('\n')}`)
}

/** A line as `start --json` ends with */
function errorOf (line: string): { code: string, message: string } | undefined {
  if (!line.startsWith('{"error":')) {
    return
  }

  try {
    return JSON.parse(line).error
  } catch {
    // cut off: the other lines tell
    return undefined
  }
}
