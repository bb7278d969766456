import { statfs } from 'node:fs/promises'
import type { Check } from '../index.ts'

/** Below this the store will soon take nothing, bytes. @default 64 MiB */
export const LEAST = 67_108_864

/** Below this it is time to act, bytes. @default 1 GiB */
export const LITTLE = 1_073_741_824

const MIB = 1_048_576

export const space: Check = {
  name: 'free space',
  run: async ({ dir }) => {
    const { bavail, bsize, ffree, files } = await statfs(dir)
    const free = bavail * bsize
    const found = `${Math.floor(free / MIB)} MiB left for ${dir}`
    const mend = 'make room on that disk: nothing is acknowledged without; shorter tasks.maxTtl and tasks.retention keep less'

    if (files > 0 && ffree === 0) {
      return [{ level: 'error', found: `no file can be made on the disk of ${dir}: its inodes are used up`, mend: 'remove files there' }]
    }

    if (free < LEAST) {
      return [{ level: 'error', found, mend }]
    }

    return free < LITTLE ? [{ level: 'warning', found, mend }] : [{ level: 'ok', found }]
  }
}
