import { readFileSync } from 'node:fs'

/**
 * What one daemon may take in memory while it is attacked, bytes of RSS. Also stands
 * in docs/limits.md.
 */
export const RSS_BOUND = 640 * 1_048_576

/** Resident memory of a process now, bytes; Linux only */
export function rssOf (pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024
}

/** The highest that it ever was, bytes */
export function peakRssOf (pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024
}
