import { readFileSync } from 'node:fs'

/**
 * Names of namespaces tell which process they belong to, so that whoever comes later
 * can remove what a killed one left: `beamlab-PID-START-NUMBER-HOST`, where START is
 * the moment that process began, because process ids are used again.
 */
const PREFIX = 'beamlab-'

let count = 0

/** A name that no other lab on this machine has */
export function labName (): string {
  return `${PREFIX}${process.pid}-${startOf(process.pid)}-${++count}`
}

/** Of a namespace or directory, the lab it belongs to; undefined when it is none of ours */
export function labOf (name: string): string | undefined {
  return /^beamlab-\d+-\d+-\d+(?=-|$)/.exec(name)?.[0]
}

/** Whether the process that built it still runs */
export function isOwned (lab: string): boolean {
  const [, pid, start] = lab.split('-')

  return startOf(Number(pid)) === start
}

/** In clock ticks since the machine began; empty when there is no such process */
function startOf (pid: number): string {
  try {
    // the second field is the command in parentheses and may hold anything
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')

    // one that ended, and that nobody has asked about, still stands there
    return fields[0] === 'Z' ? '' : fields[19]
  } catch {
    // it has ended
    return ''
  }
}
