import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { splice } from './splice.ts'
import type { Spawned } from './process.ts'
import type { AddressInfo, Server } from 'node:net'

const SCRIPT = fileURLToPath(new URL('./scripts/door.ts', import.meta.url))

export interface Door {
  /** Base URL for `fetch` in this process */
  readonly url: string
  close(): void
}

/**
 * A port of this process that is a port of a namespace's loopback interface. No packet
 * crosses over: this process speaks to a unix socket, and a helper inside to the port.
 */
export async function openDoor (spawnInside: (command: string, args: string[]) => Spawned, directory: string, name: string, port: number): Promise<Door> {
  const path = join(directory, `${name}-${port}.sock`)
  const helper = spawnInside(process.execPath, [SCRIPT, path, String(port)])

  await helper.line()

  const server: Server = createServer({ allowHalfOpen: true }, outer => { splice(outer, connect({ path, allowHalfOpen: true })) })

  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  server.unref()

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      helper.kill('SIGKILL')
    }
  }
}
