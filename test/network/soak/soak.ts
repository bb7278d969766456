import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

export const MIB = 1_048_576

/** Growth of the relay's memory that is allowed, bytes */
export const BOUND = 64 * MIB

/** What the first bytes cost (code, pools) does not count as growth, bytes */
const WARM = 64 * MIB

export interface Soaked {
  mib: number
  seconds: number
  /** Bytes */
  growth: number
  peak: number
  mostHeld: number
  /** CPU seconds of the relay for each GiB */
  cpuPerGiB: number
}

interface Told { address?: string, rss: number, held: number, bytes: number, cpu: number, received?: number, error?: string }

/** So much through a relay, half of it each way; the relay and either end are processes of their own */
export async function soak (mib: number, onProgress: (mib: number, rss: number) => void = () => {}): Promise<Soaked> {
  const children: ChildProcess[] = []
  const start = (file: string, ...args: string[]): ChildProcess => {
    const child = fork(new URL(file, import.meta.url), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.push(child)

    return child
  }

  try {
    const relay = start('relay.ts')
    const { address: at } = await told(relay, ({ address }) => address != null)
    const [base, peak, held, last] = [{ rss: 0, cpu: 0, bytes: 0 }, { rss: 0 }, { most: 0 }, { rss: 0, cpu: 0, bytes: 0 }]
    relay.on('message', (message) => {
      const { rss, held: now, bytes, cpu } = message as Told

      if (bytes >= WARM && base.rss === 0) {
        Object.assign(base, { rss, cpu, bytes })
      }

      peak.rss = Math.max(peak.rss, rss)
      held.most = Math.max(held.most, now)
      Object.assign(last, { rss, cpu, bytes })
      onProgress(Math.round(bytes / MIB), rss)
    })
    const target = start('end.ts', at ?? '')
    const { address } = await told(target, (message) => message.address != null)
    const begin = performance.now()
    const each = mib * MIB / 2
    const caller = start('end.ts', at ?? '', address ?? '', String(each))
    const { received, error } = await told(caller, (message) => message.received != null || message.error != null)

    if (received !== each) {
      throw new Error(error ?? `${received} of ${each} bytes came back`)
    }

    // one more look at the relay's memory
    await told(relay, () => true)

    return {
      mib,
      seconds: (performance.now() - begin) / 1_000,
      growth: peak.rss - base.rss,
      peak: peak.rss,
      mostHeld: held.most,
      cpuPerGiB: (last.cpu - base.cpu) / ((last.bytes - base.bytes) / 1_024 / MIB)
    }
  } finally {
    children.forEach(child => { child.kill() })
  }
}

/** The first message that is meant; an end of the process before is an error */
async function told (child: ChildProcess, meant: (message: Told) => boolean): Promise<Told> {
  return new Promise((resolve, reject) => {
    const listener = (message: unknown): void => {
      if (meant(message as Told)) {
        child.off('message', listener)
        resolve(message as Told)
      }
    }

    child.on('message', listener)
    child.once('exit', (code) => { reject(new Error(`a process of the soak ended with ${code}`)) })
  })
}
