import { spawn } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface WorkerProcess {
  readonly app: string
  stop(): Promise<void>
}

export interface WorkerProcessInit {
  api: string
  app: string
  key: string
  capability: string
  /** Path of its rows */
  data: string
  /** What it says, a line at a time */
  onLine(line: string): void
}

/** Starts src/demo/worker.ts beside a daemon, as its user would */
export function startWorker ({ api, app, key, capability, data, onLine }: WorkerProcessInit): WorkerProcess {
  // as source or compiled, like this module
  const beside = (name: string): URL => new URL(`./${name}${extname(import.meta.url)}`, import.meta.url)
  const child = spawn(process.execPath, ['--import', beside('end-with-parent').href, fileURLToPath(beside('worker'))], {
    env: { ...process.env, BEAM_URL: api, BEAM_APP: app, BEAM_KEY: key, CAPABILITY: capability, DATA: data, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc']
  })
  const exited = new Promise<void>(resolve => {
    child.once('exit', () => { resolve() })
    child.once('error', () => { resolve() }) // could not be started: it has ended, too
  })

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.trimEnd().split('\n')) {
      onLine(line)
    }
  })
  child.once('error', err => { onLine(`${app}: ${err.message}`) })

  return {
    app,
    async stop () {
      child.kill('SIGTERM')
      await exited
    }
  }
}
