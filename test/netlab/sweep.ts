import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { must, run } from './command.ts'
import { isOwned, labOf } from './names.ts'

/** Files that `ip netns exec` shows in place of those in /etc */
export const NETNS_ETC = '/etc/netns'

/** Longest wait for killed processes to be gone, ms */
const GONE = 5_000

/** Where a lab keeps data directories, sockets and logs */
export function labDirectory (lab: string): string {
  return join(tmpdir(), lab)
}

/** Ends every process of a lab, removes its namespaces and its files; harmless when there is nothing left */
export async function sweep (lab: string): Promise<void> {
  const names = (await namespaces()).filter(name => labOf(name) === lab)

  // one that a process just forked shows only the next time
  for (const end = Date.now() + GONE; ;) {
    const pids = await pidsIn(names)

    if (pids.length === 0 || Date.now() > end) {
      break
    }

    for (const pid of pids) {
      kill(pid)
    }

    await sleep(20)
  }

  for (const name of names) {
    await run('ip', ['netns', 'delete', name])
    await rm(join(NETNS_ETC, name), { recursive: true, force: true })
  }

  await rm(labDirectory(lab), { recursive: true, force: true, maxRetries: 5 })
}

/** Removes what runners that were killed left behind */
export async function sweepDead (): Promise<string[]> {
  const found = [...await namespaces(), ...await readdir(tmpdir())].map(labOf).filter(lab => lab != null)
  const dead = [...new Set(found)].filter(lab => !isOwned(lab))

  for (const lab of dead) {
    await sweep(lab)
  }

  return dead
}

/** Names of all network namespaces of this machine that have one */
export async function namespaces (): Promise<string[]> {
  // a line is "name" or "name (id: 3)"
  return (await must('ip', ['netns', 'list'])).split('\n').map(line => line.split(' ')[0]).filter(name => name !== '')
}

async function pidsIn (names: string[]): Promise<number[]> {
  const lists = await Promise.all(names.map(async name => (await run('ip', ['netns', 'pids', name])).stdout))

  return lists.flatMap(list => list.split('\n')).filter(pid => pid !== '').map(Number)
}

function kill (pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (err) {
    // it ended in between
    if ((err as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw err
    }
  }
}
