import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateDirectory, UnsafeFileError } from '../core/files.ts'
import type { Layout } from '../config/layout.ts'

/** Longest path of a unix socket in bytes: sun_path of Linux less its final zero */
const MAX_SOCKET_PATH = 107

const fits = (path: string): boolean => Buffer.byteLength(path) <= MAX_SOCKET_PATH

/** Directories of this user only, short enough; made when missing */
function shortDirectory (): string {
  const uid = process.getuid?.() ?? 0
  const runtime = `/run/user/${uid}`

  return existsSync(runtime) ? join(runtime, 'beam-node') : `/tmp/beam-node-${uid}`
}

/**
 * Where the daemon binds its control socket: in a directory that nobody else may
 * enter, made before. A data directory with a long path gets a short one elsewhere,
 * named after it, and notes where.
 */
export async function prepareSocketPath (files: Layout): Promise<string> {
  if (fits(files.socket)) {
    await rm(files.socketPointer, { force: true })
    return files.socket
  }

  const directory = shortDirectory()
  await makePrivateDirectory(directory)
  const stats = await lstat(directory)

  if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o077) !== 0) {
    throw new UnsafeFileError(`${directory} must be a directory of this user with mode 700, because ${files.socket} is too long for a socket`)
  }

  const path = join(directory, `${createHash('sha256').update(files.dir).digest('hex').slice(0, 16)}.sock`)
  await writeFile(files.socketPointer, path, { mode: 0o600 })

  return path
}

/** Where a command finds the socket; undefined when there was never one */
export async function findSocketPath (files: Layout): Promise<string | undefined> {
  if (fits(files.socket)) {
    return files.socket
  }

  try {
    return await readFile(files.socketPointer, 'utf8')
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') {
      return
    }

    throw err
  }
}
