import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { setPath } from '../../src/config/paths.ts'
import { controlClient } from '../../src/control/client.ts'
import { cleanEnv } from '../cli/support.ts'
import { createClient } from '../faults/client.ts'
import type { Host } from './host.ts'
import type { Operator } from '../../src/control/index.ts'
import type { SiteId } from '../../src/core/ids.ts'
import type { Client } from '../faults/client.ts'
import type { ChildProcess } from 'node:child_process'

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

/** Where hosts that let connections in listen for other sites */
export const LISTEN = '/ip4/0.0.0.0/tcp/8091'
const LISTEN6 = '/ip6/::/tcp/8091'

/** Inside, where each host has a loopback interface of its own */
const API_PORT = 8_081

/** Longest wait for a daemon to be ready, ms */
const START = 60_000

const KEY = 'secret-of-the-network-laboratory'

export interface DaemonInit {
  /** Founds this network. Or: */
  network?: string
  /** joins with an invitation of this daemon. Or: */
  invitedBy?: LabDaemon
  /** joins with this ticket */
  ticket?: string
  /** @default the host's name */
  site?: string
  /**
   * Fields of config.yaml by dotted path: `{ 'relay.enabled': 'yes' }`. A host whose
   * firewall lets connections in listens on port 8091 unless this says otherwise.
   */
  config?: Record<string, unknown>
  env?: NodeJS.ProcessEnv
}

/** A real daemon inside a host */
export interface LabDaemon {
  readonly id: SiteId
  readonly host: Host
  /** Data directory */
  readonly dir: string
  readonly pid: number
  /** What an operator can do, over the control socket */
  readonly operator: Operator
  /** Base URL of its API for `fetch` in the test's process */
  readonly api: string
  /** An app of it, made when first named; plays as the apps of the crash test do */
  client(name: string): Promise<Client>
  /** All log lines so far, of all its starts */
  log(): string
  /** Resident memory, bytes */
  rss(): number
  /** Resolves when it has ended, for signals that end a process */
  kill(signal: NodeJS.Signals): Promise<void>
  start(): Promise<void>
}

export async function startDaemon (host: Host, init: DaemonInit): Promise<LabDaemon> {
  const dir = join(host.directory, 'beam-node')
  const env = cleanEnv(init.env)
  const logFile = join(host.directory, 'daemon.log')
  const operator = controlClient(dir)
  const apps = new Map<string, Promise<Client>>()
  let child: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()
  let id = ''

  const start = async (): Promise<void> => {
    const output = openSync(logFile, 'a', 0o600)
    child = spawn('ip', ['netns', 'exec', host.namespace, process.execPath, BIN, 'start', '--json', '--end-with-parent', '--dir', dir], { env, stdio: ['ignore', 'pipe', output, 'ipc'] })
    closeSync(output)
    child.channel?.unref()
    child.unref()
    ended = new Promise(resolve => { child?.once('exit', resolve) })
    id = (await firstLine(child, logFile)).id
  }

  await settle(host, init, dir)
  await start()
  const api = await host.url(API_PORT)

  return {
    get id () { return id },
    host,
    dir,
    get pid () { return child?.pid ?? 0 },
    operator,
    api,
    client: async (name) => {
      const app = apps.get(name) ?? operator.addApp({ name, key: KEY }).then(added => createClient(api, added.id, KEY))
      apps.set(name, app)

      return app
    },
    log: () => readFileSync(logFile, 'utf8'),
    rss: () => 1_024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child?.pid}/status`, 'utf8'))?.[1]),
    kill: async (signal) => {
      child?.kill(signal)

      if (['SIGKILL', 'SIGTERM', 'SIGINT'].includes(signal)) {
        await ended
      }
    },
    start
  }
}

/** The data directory of a member, made inside the host as its operator would */
async function settle (host: Host, { network, invitedBy, ticket, site = host.name, config = {}, env }: DaemonInit, dir: string): Promise<void> {
  if (existsSync(join(dir, 'network.json'))) {
    return
  }

  const value: Record<string, unknown> = {}
  const listens = host.gateway.firewall.inbound && !host.gateway.site.nat

  for (const [path, field] of Object.entries({ 'api.port': API_PORT, ...listens ? { 'network.listen': [...host.gateway.site.ipv4 ? [LISTEN] : [], ...host.gateway.site.ipv6 == null ? [] : [LISTEN6]] } : {}, ...config })) {
    setPath(value, path, field)
  }

  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(join(dir, 'config.yaml'), stringify(value), { mode: 0o600 })

  const beam = async (args: string[]): Promise<void> => {
    const { code, stderr } = await host.run(process.execPath, [BIN, ...args, '--dir', dir], { env: cleanEnv(env) })

    if (code !== 0) {
      throw new Error(`beam-node ${args[0]} at ${host.name} ended with ${code}: ${stderr}`)
    }
  }

  if (network != null) {
    await beam(['init', '--network', network, '--site', site, '--recovery-file', join(host.directory, 'recovery.key')])
  } else if (ticket != null || invitedBy != null) {
    await beam(['join', ticket ?? (await invitedBy?.operator.invite({ site, capabilities: ['*'] }))?.ticket ?? ''])
  } else {
    throw new Error(`the daemon of ${host.name} needs a network to found or an invitation`)
  }
}

async function firstLine (child: ChildProcess, logFile: string): Promise<{ id: SiteId }> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`a daemon was not ready within ${START / 1_000} s: ${readFileSync(logFile, 'utf8').slice(-2_000)}`))
    }, START)

    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString()

      if (text.includes('\n')) {
        clearTimeout(timer)
        resolve(JSON.parse(text.slice(0, text.indexOf('\n'))))
      }
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new Error(`the daemon ended with ${signal ?? code}: ${readFileSync(logFile, 'utf8').slice(-2_000)}`))
    })
  })
}
