import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SOURCE = fileURLToPath(new URL('./shim.c', import.meta.url))

export const EIO = 5
export const ENOSPC = 28

/** Why the disk cannot be made to fail here; undefined when it can */
export function whyNoShim (): string | undefined {
  if (process.platform !== 'linux') {
    return `needs Linux, this is ${process.platform}`
  }

  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
  } catch {
    return 'needs a C compiler: install gcc'
  }
}

/** Compiles the shim into a new temporary directory; returns its path */
export async function compileShim (): Promise<string> {
  const library = join(mkdtempSync(join(tmpdir(), 'beam-shim-')), 'shim.so')

  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl', '-lpthread'])

  return library
}

export interface FaultyDisk {
  /** For the process whose disk it is */
  readonly env: Record<string, string>
  /** What fails from now on; nothing when absent */
  fail(kind?: 'fsync' | 'write' | 'all', errno?: number): void
}

/** Only what lies in files whose path contains `match` */
export function faultyDisk (library: string, match: string): FaultyDisk {
  const mode = join(mkdtempSync(join(tmpdir(), 'beam-faults-')), 'mode')
  writeFileSync(mode, '')

  return {
    env: { LD_PRELOAD: library, BEAM_SHIM_MATCH: match, BEAM_SHIM_MODE: mode },
    fail: (kind, errno = EIO) => { writeFileSync(mode, kind == null ? '' : `${kind} ${errno}`) }
  }
}

/** What is started meanwhile gets these variables too */
export async function withEnv<T> (env: Record<string, string>, work: () => Promise<T>): Promise<T> {
  Object.assign(process.env, env)

  try {
    return await work()
  } finally {
    for (const name of Object.keys(env)) {
      Reflect.deleteProperty(process.env, name)
    }
  }
}
