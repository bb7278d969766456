import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface LabSite {
  id: string
  api: string
  pid: number
  dir: string
}

export interface Lab {
  sites: LabSite[]
  stop(): Promise<void>
}

const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url))

/** A network of real daemons, each a process of its own, as `beam-node lab` starts it */
export async function startLab (network: string, sites: string[], apps: Record<string, string>): Promise<Lab> {
  const options = [
    '--network', network,
    ...sites.flatMap((site) => ['--site', `${site}=0`]),
    ...Object.entries(apps).flatMap(([name, key]) => ['--app', `${name}=${key}`])
  ]
  const child = spawn(process.execPath, [BIN, 'lab', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: string[] = []

  child.stderr.on('data', (data) => { errors.push(String(data)) })

  const stop = async (): Promise<void> => {
    if (child.exitCode == null && child.signalCode == null) {
      child.kill('SIGINT')
      await once(child, 'exit')
    }
  }

  for await (const line of createInterface({ input: child.stdout })) {
    const { ready, sites } = JSON.parse(line) as { ready: boolean, sites: LabSite[] }

    if (ready) {
      return { sites, stop }
    }
  }

  throw new Error(`the lab did not start: ${errors.join('')}`)
}
