/**
 * Run by hand, `node test/store/throughput.ts [callers] [seconds]`: how many tasks a
 * second 64 callers create, each waiting for its commit.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { silentLog } from '../../src/core/log.ts'
import { openStore } from '../../src/store/open.ts'
import { newDelivery, newTask, textBody } from './fixtures.ts'

const callers = Number(process.argv[2] ?? 64)
const seconds = Number(process.argv[3] ?? 3)
const dir = await mkdtemp(path.join(os.tmpdir(), 'beam-store-'))
const store = await openStore({ path: path.join(dir, 'beam.sqlite'), log: silentLog })
const body = textBody('x'.repeat(1_024))
const end = Date.now() + seconds * 1_000
const times: number[] = []

async function caller (): Promise<void> {
  while (Date.now() < end) {
    const start = performance.now()
    await store.createTask({ task: newTask(), body, deliveries: [newDelivery('s2.net')], self: 's1.net', now: Date.now() })
    times.push(performance.now() - start)
  }
}

await Promise.all(Array.from({ length: callers }, caller))
await store.close()
await rm(dir, { recursive: true })

times.sort((a, b) => a - b)
process.stdout.write(`${callers} callers: ${Math.round(times.length / seconds)} tasks/s, p50 ${times[Math.floor(times.length / 2)].toFixed(2)} ms, p99 ${times[Math.floor(times.length * 0.99)].toFixed(2)} ms\n`)
