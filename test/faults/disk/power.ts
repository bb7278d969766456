import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { silentLog } from '../../../src/core/log.ts'
import { openStore } from '../../../src/store/open.ts'
import { seeded } from '../random.ts'
import { compileShim } from './shim.ts'
import { readTrace } from './trace.ts'
import { VolatileDisk } from './volatile.ts'
import type { Store } from '../../../src/store/index.ts'

export interface PowerInit {
  /** Power cuts */
  cycles: number
  seed: number
  onProgress?(line: string): void
}

export interface PowerReport {
  seed: number
  cycles: number
  /** Acknowledgements that were looked for, over all cuts */
  checked: number
  /** Empty, or the store broke its word */
  violations: string[]
}

const CHILD = fileURLToPath(new URL('./power-child.ts', import.meta.url))

/** Cuts of one run of the child */
const CUTS = 10

/** Runs before the disk is made anew: what a run acknowledged is looked for in all later ones */
const RUNS = 4

/** How long the child works, ms */
const WORK = [150, 700] as const

/**
 * Cuts the power of a store again and again: a process works on it while all that it
 * does to its files is recorded; then, for moments of the record, the disk is built as a
 * power cut would leave it, opened, checked, and held to what was acknowledged before.
 */
export async function runPower ({ cycles, seed, onProgress = () => {} }: PowerInit): Promise<PowerReport> {
  const random = seeded(seed)
  const library = await compileShim()
  const report: PowerReport = { seed, cycles: 0, checked: 0, violations: [] }
  const root = mkdtempSync(join(tmpdir(), 'beam-power-'))
  let base = join(root, 'base')
  let known: string[] = []
  mkdirSync(base)

  try {
    for (let run = 0; report.cycles < cycles && report.violations.length === 0; run++) {
      if (run % RUNS === 0) {
        base = join(root, `base-${run}`)
        known = []
        mkdirSync(base)
      }

      const before = filesOf(base)
      const trace = join(root, `trace-${run}`)
      await work(base, library, trace, random.between(...WORK))
      const steps = readTrace(trace)
      const count = Math.min(CUTS, cycles - report.cycles)
      const cuts = new Set(Array.from({ length: count }, () => random.between(0, steps.length)))
      const disk = new VolatileDisk(base, before)
      const acked = [...known]

      for (let index = 0; index <= steps.length; index++) {
        if (cuts.has(index)) {
          const dir = join(root, `cut-${run}-${index}`)
          mkdirSync(dir)
          disk.cut(random, dir)
          report.violations.push(...(await check(dir, acked)).map(text => `run ${run}, cut at ${index} of ${steps.length}: ${text}`))
          report.cycles++
          report.checked += acked.length
          rmSync(base, { recursive: true })
          base = dir
          known = [...acked]
          mkdirSync(dir, { recursive: true })
        }

        const step = steps[index]

        if (step?.op === 'W' && step.path.endsWith('/acks')) {
          acked.push(...step.data.toString().trim().split('\n'))
        } else if (step != null) {
          disk.apply(step)
        }
      }

      rmSync(trace)
      onProgress(`run ${run}: ${steps.length} steps, ${report.cycles} cuts, ${report.checked} acknowledgements looked for`)
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }

  return report
}

async function work (dir: string, library: string, trace: string, time: number): Promise<void> {
  const child = spawn(process.execPath, [CHILD, dir], { env: { ...process.env, LD_PRELOAD: library, BEAM_SHIM_ROOT: dir, BEAM_SHIM_RECORD: trace }, stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), exit.then(([code]) => { throw new Error(`the child ended with ${code}`) })])
  await sleep(time)
  child.kill('SIGKILL')
  await exit
}

function filesOf (dir: string): Map<string, Buffer> {
  return new Map(readdirSync(dir).map(name => [join(dir, name), readFileSync(join(dir, name))]))
}

/** Opens it as a daemon does, which checks the file, and looks for everything */
async function check (dir: string, acked: string[]): Promise<string[]> {
  let store: Store

  try {
    store = await openStore({ path: join(dir, 'beam.sqlite'), log: silentLog })
  } catch (error) {
    return [`does not open: ${String(error)}`]
  }

  try {
    const missing = await Promise.all(acked.map(async (line) => await isThere(store, line) ? '' : `lost: ${line}`))

    return missing.filter(text => text !== '')
  } finally {
    await store.close()
  }
}

async function isThere (store: Store, line: string): Promise<boolean> {
  const [what, id] = line.split(' ')

  switch (what) {
    case 'task':
      return (await store.findTasks({ id })).length === 1
    case 'received':
      return (await store.findReceived({ envelopeId: Buffer.from(id, 'hex') }))?.outcome === 0
    case 'result': {
      const [task] = await store.findTasks({ id })

      return task != null && (await store.listResults({ task })).length === 1
    }
    default:
      return isWhole(store, id)
  }
}

async function isWhole (store: Store, id: string): Promise<boolean> {
  const [task] = await store.findTasks({ id })

  if (task?.body.blob == null) {
    return false
  }

  const data = await store.readBlob({ blob: task.body.blob.id, offset: task.body.blob.offset, length: task.body.size })

  return Buffer.compare(createHash('sha256').update(data).digest(), task.body.sha256) === 0
}
