import { open, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { equals } from 'uint8arrays/equals'
import { ed25519FromRaw } from '../../core/ed25519.ts'
import { fileExists, syncDirectory, writePrivateFile } from '../../core/files.ts'
import { rawPublicKey } from '../../core/raw-keys.ts'
import { blank } from './erase.ts'
import { KEY_FILES } from './paths.ts'
import { pem, readPem } from './site-keys.ts'
import type { Random } from '../../core/random.ts'
import type { KeyObject } from 'node:crypto'

/**
 * The authority key on disk, and the one that is to follow it. A crash between the
 * roster's entry and the files leaves both files: the roster tells which one counts.
 */
export interface AuthorityKeyFile {
  /** The key that signs now; undefined when this daemon holds none */
  readonly key: KeyObject | undefined
  /** Makes the next key, or finds the one that was made before a crash; returns its public half */
  prepare(random: Random): Promise<Uint8Array>
  /** `present` is what the roster names: the file of that key stays, the other goes */
  settle(present: Uint8Array): Promise<void>
}

export async function openAuthorityKey (directory: string): Promise<AuthorityKeyFile> {
  const present = join(directory, KEY_FILES.authority)
  const next = join(directory, KEY_FILES.nextAuthority)
  const read = async (path: string): Promise<KeyObject | undefined> => await fileExists(path) ? readPem(path, 'ed25519') : undefined
  let key = await read(present)

  return {
    get key () { return key },

    async prepare (random) {
      const made = await read(next) ?? ed25519FromRaw(random.bytes(32))

      if (!await fileExists(next)) {
        await writePrivateFile(next, pem(made))
      }

      return rawPublicKey(made)
    },

    async settle (named) {
      const waiting = await read(next)

      if (waiting == null) {
        return
      }

      if (equals(rawPublicKey(waiting), named)) {
        await replace(directory, next, present)
        key = waiting
      } else if (key != null && equals(rawPublicKey(key), named)) {
        // prepared, and never named by the roster
        await unlink(next)
      }
    }
  }
}

/** At no instant is there no key of that name; the bytes of the old one are overwritten when nothing leads to them */
async function replace (directory: string, next: string, present: string): Promise<void> {
  const old = await fileExists(present) ? await open(present, 'r+') : undefined

  try {
    await rename(next, present)
    await syncDirectory(directory)

    if (old != null) {
      await blank(old)
    }
  } finally {
    await old?.close()
  }
}
