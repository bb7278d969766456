import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Oldest that is measured: `sync_interval: always` means what it says since then */
const OLDEST = [2, 10]

/** Version of the `nats-server` on the PATH, or why it is not used */
export async function findNats (program: string = 'nats-server'): Promise<{ version: string } | { missing: string }> {
  let output: string

  try {
    output = (await promisify(execFile)(program, ['--version'])).stdout
  } catch {
    return { missing: 'there is no nats-server on the PATH' }
  }

  return judgeVersion(output)
}

export function judgeVersion (output: string): { version: string } | { missing: string } {
  const match = /v?(\d+)\.(\d+)\.(\d+)/.exec(output)

  if (match == null) {
    return { missing: 'the nats-server on the PATH does not tell its version' }
  }

  const [version, major, minor] = [match[0].replace('v', ''), Number(match[1]), Number(match[2])]
  const enough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])

  return enough ? { version } : { missing: `the nats-server on the PATH is ${version}: ${OLDEST.join('.')} or newer is wanted` }
}
