import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'

export interface NatsServer {
  port: number
  pid: number
  stop(): Promise<void>
}

/** One server with JetStream on disk, which syncs before it acknowledges */
export async function startNats (program: string = 'nats-server'): Promise<NatsServer> {
  const dir = mkdtempSync(join(tmpdir(), 'beam-nats-'))
  const port = await freePort()
  const config = join(dir, 'nats.conf')
  writeFileSync(config, `listen: 127.0.0.1:${port}\njetstream { store_dir: ${JSON.stringify(join(dir, 'js'))}, sync_interval: always }\n`)
  const child = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
    rmSync(dir, { recursive: true, force: true })
  }

  let log = ''
  await Promise.race([
    new Promise<void>(resolve => {
      child.stderr.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-4_096)

        if (log.includes('Server is ready')) {
          resolve()
        }
      })
    }),
    exited.then(() => {
      rmSync(dir, { recursive: true, force: true })
      throw new Error(`nats-server did not start:\n${log}`)
    })
  ])

  return { port, pid: child.pid ?? 0, stop }
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')

  return port
}
