import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Peer {
  url: string
  pid: number
  stop(): Promise<void>
}

/** Starts the baseline beside the daemons, to be measured in the same minutes on the same machine */
export async function startPeer (): Promise<Peer> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./baseline.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } })
  const [line] = await once(child.stdout, 'data') as [Buffer]

  return {
    url: line.toString().trim(),
    pid: child.pid ?? 0,
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
  }
}
