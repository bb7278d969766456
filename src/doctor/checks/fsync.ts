import { randomBytes } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check, Finding, Patient } from '../index.ts'

/** Writes that are measured */
const TRIES = 15

/** As large as a page of the database, bytes */
const PAGE = 4_096

/** A commit takes about one fsync: above this, ms, every POST is felt to wait */
const SLOW = 50
const SO_SO = 10

/** No disk that keeps its word is so quick, ms */
const TOO_GOOD = 0.01

/** The time that a write takes to be on disk, measured with a file of its own */
export const fsync: Check = {
  name: 'fsync',
  run: async ({ dir, clock }) => judge(await measure(dir, clock))
}

export async function measure (dir: string, clock: Patient['clock']): Promise<number[]> {
  const path = join(dir, `.doctor-${randomBytes(6).toString('hex')}`)
  const file = await open(path, 'wx', 0o600)
  const times: number[] = []

  try {
    for (let i = 0; i < TRIES; i++) {
      const started = clock.monotonic()
      await file.write(randomBytes(PAGE), 0, PAGE, i * PAGE)
      await file.sync()
      times.push(clock.monotonic() - started)
    }
  } finally {
    await file.close()
    await unlink(path)
  }

  return times.sort((a, b) => a - b)
}

export function judge (times: number[]): Array<Omit<Finding, 'check'>> {
  const median = times[Math.floor(times.length / 2)]
  const found = `${median.toFixed(2)} ms for 4 KiB (median of ${times.length}, longest ${times[times.length - 1].toFixed(2)} ms)`

  if (median > SLOW) {
    return [{ level: 'warning', found, mend: 'put the data directory on a faster disk: each acknowledged task waits for one of these; callers at the same time share it' }]
  }

  if (median < TOO_GOOD) {
    return [{ level: 'notice', found: `${found}: too quick for a disk that keeps its word`, mend: 'make sure that the data directory is not in memory (tmpfs) and that write caches survive a power cut' }]
  }

  return median > SO_SO ? [{ level: 'notice', found: `${found}: a slow disk` }] : [{ level: 'ok', found }]
}
