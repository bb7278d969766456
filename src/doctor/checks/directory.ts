import { access, constants, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check, Finding } from '../index.ts'

/** Bits of a mode that give the group or others any right */
const OTHERS = 0o077

type Found = Omit<Finding, 'check'>

/** Rights of the data directory and of those in it that hold keys, mail and the control socket */
export const directory: Check = {
  name: 'data directory',
  run: async ({ dir }) => {
    const problem = await unusable(dir)

    if (problem != null) {
      return [problem]
    }

    const found = (await Promise.all([dir, ...['keys', 'data', 'run'].map(name => join(dir, name))].map(judge))).filter(finding => finding != null)

    return found.length > 0 ? found : [{ level: 'ok', found: `${dir}: this user may write there, nobody else may enter` }]
  }
}

async function unusable (dir: string): Promise<Found | undefined> {
  try {
    if (!(await stat(dir)).isDirectory()) {
      return { level: 'error', found: `${dir} is not a directory`, mend: 'name another with --dir' }
    }

    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (err) {
    const { code, message } = err as NodeJS.ErrnoException

    if (code === 'ENOTDIR') {
      return { level: 'error', found: `a part of the path ${dir} is a file`, mend: 'name another with --dir' }
    }

    return code === 'ENOENT'
      ? { level: 'error', found: `${dir} is not there`, mend: 'name the right one with --dir, or begin with "beam-node init" or "beam-node join"' }
      : { level: 'error', found: `${dir} cannot be used by this user: ${message}`, mend: 'run this as the user of the daemon' }
  }
}

async function judge (path: string): Promise<Found | undefined> {
  const stats = await stat(path).catch(() => undefined)

  if (stats == null) {
    // made when it is needed
    return
  }

  const uid = process.getuid?.()

  if (uid != null && stats.uid !== uid) {
    return { level: 'error', found: `${path} belongs to user ${stats.uid}, this is user ${uid}`, mend: `run this and the daemon as the same user, or: chown -R ${uid} ${path}` }
  }

  if ((stats.mode & OTHERS) !== 0) {
    return { level: 'warning', found: `${path} can be entered by other users of this machine (mode ${(stats.mode & 0o777).toString(8)})`, mend: `chmod 700 ${path}` }
  }
}
