import { setTimeout as sleep } from 'node:timers/promises'
import { PROXY_PORT } from './port.ts'
import type { Host } from '../host.ts'
import type { Spawned } from '../process.ts'

/** Longest wait for a proxy to listen, ms */
const START = 20_000

export async function untilOpen (host: Host, process: Spawned): Promise<Spawned> {
  let ended = false
  void process.ended.then(() => { ended = true })

  for (const end = performance.now() + START; await host.probe('127.0.0.1', PROXY_PORT) !== 'open';) {
    if (ended || performance.now() > end) {
      throw new Error(`the proxy of ${host.name} does not listen: ${process.output()}`)
    }

    await sleep(50)
  }

  return process
}
