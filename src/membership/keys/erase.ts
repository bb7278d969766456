import { open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../../core/files.ts'
import type { FileHandle } from 'node:fs/promises'

/**
 * Overwrites a private file and removes it. On a disk that writes elsewhere each time
 * (flash, copy-on-write file systems, snapshots, backups) the old bytes may be found
 * until the disk reuses them: only an encrypted disk helps against who takes it apart.
 */
export async function eraseFile (path: string): Promise<void> {
  const file = await open(path, 'r+')

  try {
    await blank(file)
  } finally {
    await file.close()
  }

  await unlink(path)
  await syncDirectory(dirname(path))
}

/** Zeros in the place of all bytes, on disk */
export async function blank (file: FileHandle): Promise<void> {
  const { size } = await file.stat()

  await file.write(new Uint8Array(size), 0, size, 0)
  await file.sync()
}
