import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { silentLog } from '../../src/core/log.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { openStore } from '../../src/store/open.ts'
import { conformance } from './conformance.ts'

describe('store conformance: in-process core', () => {
  conformance(async () => inProcessStore(openCore({ path: ':memory:' })))
})

describe('store conformance: worker thread', () => {
  const dirs: string[] = []

  conformance(async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'beam-store-'))
    dirs.push(dir)

    return openStore({ path: path.join(dir, 'beam.sqlite'), log: silentLog })
  })

  after(async () => {
    await Promise.all(dirs.map(async dir => rm(dir, { recursive: true })))
  })
})
