import { readFileSync } from 'node:fs'

/** Kernel ticks a second, the same on every Linux that matters */
const TICKS = 100

/** CPU time of a process so far, user and system, all threads, in ms; undefined where there is no /proc */
export function cpuOf (pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name may hold spaces: count from behind its parenthesis
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')

    return (Number(fields[11]) + Number(fields[12])) * 1_000 / TICKS
  } catch {
    // not Linux, or the process has ended
  }
}

/** ms of CPU that each process spent while `run` went on */
export async function whileMeasuring<T> (pids: number[], run: () => Promise<T>): Promise<{ value: T, cpu: Array<number | undefined> }> {
  const before = pids.map(cpuOf)
  const value = await run()

  return {
    value,
    cpu: pids.map((pid, index) => {
      const now = cpuOf(pid)
      const then = before[index]

      return now == null || then == null ? undefined : now - then
    })
  }
}

/** Resident memory of a process in MB (10^6 bytes); undefined where there is no /proc */
export function rssOf (pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))

    return kib == null ? undefined : Number(kib[1]) * 1_024 / 1_000_000
  } catch {
    // not Linux, or the process has ended
  }
}
