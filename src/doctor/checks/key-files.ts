import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { KEY_FILES, membershipPaths } from '../../membership/keys/paths.ts'
import type { Check, Finding } from '../index.ts'

const OTHERS = 0o077

/** Whether what a member must have is there, and for this user alone; no key is read */
export const keyFiles: Check = {
  name: 'key files',
  run: async ({ dir }) => {
    const { keys, network } = membershipPaths(dir)
    const names = await readdir(keys).catch(() => undefined)
    const member = await lstat(network).catch(() => undefined)

    if (member == null) {
      return [{ level: 'error', found: `${dir} belongs to no network yet`, mend: 'found one with "beam-node init", or become a member of one with "beam-node join"' }]
    }

    if (names == null) {
      return [{ level: 'error', found: `${keys} cannot be read`, mend: 'restore it from a backup, and run this as the user of the daemon' }]
    }

    const needed = [KEY_FILES.site, KEY_FILES.peer, KEY_FILES.networkSecret]
    const missing = needed.filter(name => !names.includes(name)).map(name => join(keys, name))
    const found: Array<Omit<Finding, 'check'>> = missing.map(path => ({ level: 'error', found: `${path} is missing`, mend: 'restore it from a backup; without it this site must join again in another directory' }))

    if (!names.some(name => KEY_FILES.encryption.test(name))) {
      found.push({ level: 'error', found: `no encryption key is in ${keys}`, mend: 'restore it from a backup: mail that is on its way is sealed to it' })
    }

    for (const name of names) {
      const path = join(keys, name)
      const { mode } = await lstat(path)

      if ((mode & OTHERS) !== 0) {
        found.push({ level: 'error', found: `${path} can be used by others than its owner (mode ${(mode & 0o777).toString(8)}): the daemon does not start with it`, mend: `chmod 600 ${path}; if somebody else may have read it, ask for a new admission` })
      }
    }

    return found.length > 0 ? found : [{ level: 'ok', found: `${names.length} files, for this user alone` }]
  }
}
