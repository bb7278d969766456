import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, lstat, mkdir, open, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BeamError, ConflictError, InvalidInputError } from './errors.ts'

/**
 * Private files: made in one step, readable by their owner only, never overwritten.
 */

/** Longest private file that is read, in bytes */
const MAX_PRIVATE_FILE = 65_536

/** Bits of a mode that give the group or others any right */
const OTHERS = 0o077

/**
 * A key file that others can read, or that is no plain file
 */
export class UnsafeFileError extends BeamError {
  constructor (message: string) {
    super('UNSAFE_FILE', message)
    this.name = 'UnsafeFileError'
  }
}

/** Why a directory cannot be made, for people */
const CANNOT_MAKE: Record<string, string> = {
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only'
}

/**
 * Makes the directory and what is missing above it, for the owner only; what exists
 * stays as it is. One level at a time: Node's recursive form never ends where a file
 * system such as /proc says ENOENT for a directory whose parent is there.
 *
 * @throws {InvalidInputError} naming the path and why it cannot be made
 */
export async function makePrivateDirectory (path: string): Promise<void> {
  try {
    await makeLevel(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || dirname(path) === path) {
      throw unusable(path, error)
    }

    await makePrivateDirectory(dirname(path))
    await makeLevel(path).catch((again: unknown) => { throw unusable(path, again) })
  }
}

async function makeLevel (path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (!isErrno(error, 'EEXIST') || !(await stat(path)).isDirectory()) {
      throw error
    }
  }
}

function unusable (path: string, error: unknown): unknown {
  const reason = CANNOT_MAKE[(error as NodeJS.ErrnoException).code ?? '']

  return reason == null ? error : new InvalidInputError('dir', `cannot hold ${path}: ${reason}; choose another with --dir`)
}

/**
 * Writes the whole file or nothing: a crash leaves either no file of that name or all
 * of it on disk.
 *
 * @throws {ConflictError} when the name is taken; that file is not touched
 */
export async function writePrivateFile (path: string, content: string | Uint8Array): Promise<void> {
  const directory = dirname(path)
  await makePrivateDirectory(directory)

  const temporary = join(directory, `.${randomBytes(8).toString('hex')}.tmp`)
  const file = await open(temporary, 'wx', 0o600)

  try {
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }

    // a link, unlike a rename, never replaces what is there
    await link(temporary, path)
  } catch (error) {
    if (isErrno(error, 'EEXIST')) {
      throw new ConflictError(`${path} exists already and is never overwritten`)
    }

    throw error
  } finally {
    await unlink(temporary)
  }

  await syncDirectory(directory)
}

/**
 * @throws {UnsafeFileError} when others than the owner can use the file
 */
export async function readPrivateFile (path: string): Promise<Uint8Array> {
  // the check is made on the open file, so that nothing can be put in its place in between
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: unknown) => {
    throw isErrno(error, 'ELOOP') ? new UnsafeFileError(`${path} is a symbolic link, a private file must be a plain file`) : error
  })

  try {
    const stats = await file.stat()
    const { mode, size } = stats

    if (!stats.isFile()) {
      throw new UnsafeFileError(`${path} must be a plain file`)
    }

    if ((mode & OTHERS) !== 0) {
      throw new UnsafeFileError(`${path} can be used by others than its owner (mode ${(mode & 0o777).toString(8)}): run chmod 600 ${path}`)
    }

    if (size > MAX_PRIVATE_FILE) {
      throw new UnsafeFileError(`${path} is ${size} bytes long, a private file has at most ${MAX_PRIVATE_FILE}`)
    }

    return new Uint8Array(await file.readFile())
  } finally {
    await file.close()
  }
}

/** Like `readPrivateFile`; undefined when there is no such file */
export async function readPrivateFileIfThere (path: string): Promise<Uint8Array | undefined> {
  try {
    return await readPrivateFile(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) {
      return
    }

    throw error
  }
}

/** Whether the name is taken, by whatever kind of file */
export async function fileExists (path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) {
      return false
    }

    throw error
  }
}

/** New names in a directory survive a power cut only after this */
export async function syncDirectory (path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)

  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function isErrno (error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
