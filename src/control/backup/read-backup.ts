import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InvalidInputError } from '../../core/errors.ts'
import { makePrivateDirectory, syncDirectory } from '../../core/files.ts'
import { notOne, readManifest } from './manifest.ts'
import type { Manifest, Part } from './manifest.ts'
import type { FileHandle } from 'node:fs/promises'

/** Bytes read at a time */
const CHUNK = 1_048_576

type Take = (part: Part, chunk: Buffer) => Promise<void>

/**
 * Reads a backup to its end and compares every digest.
 *
 * @throws {InvalidInputError} when it is none, cut off or damaged
 */
export async function verifyBackup (path: string): Promise<Manifest> {
  return readParts(path, async () => {})
}

/**
 * Writes the parts of a backup below a directory, private and on disk.
 *
 * @throws {InvalidInputError} when it is none, cut off or damaged; what was written so far stays
 */
export async function extractBackup (path: string, dir: string): Promise<Manifest> {
  let current: { part: Part, file: FileHandle } | undefined
  const directories = new Set<string>([dir])

  const finish = async (): Promise<void> => {
    await current?.file.sync()
    await current?.file.close()
    current = undefined
  }

  try {
    const manifest = await readParts(path, async (part, chunk) => {
      if (current?.part !== part) {
        await finish()
        const target = join(dir, part.path)
        await makePrivateDirectory(dirname(target))
        directories.add(dirname(target))
        current = { part, file: await open(target, 'wx', 0o600) }
      }

      await current.file.write(chunk)
    })

    await finish()

    for (const directory of directories) {
      await syncDirectory(directory)
    }

    return manifest
  } finally {
    await current?.file.close()
  }
}

async function readParts (path: string, take: Take): Promise<Manifest> {
  const file = await open(path, 'r').catch((err: NodeJS.ErrnoException) => {
    throw new InvalidInputError('file', `${path} cannot be read (${err.code ?? err.message})`)
  })

  try {
    const { manifest, start } = await readManifest(file, path)
    let position = start

    for (const part of manifest.parts) {
      await readPart(file, path, part, position, take)
      position += part.size
    }

    if ((await file.stat()).size !== position) {
      throw notOne(path, 'something follows its last part')
    }

    return manifest
  } finally {
    await file.close()
  }
}

async function readPart (file: FileHandle, path: string, part: Part, position: number, take: Take): Promise<void> {
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(Math.min(CHUNK, Math.max(part.size, 1)))

  // an empty part is a file, too
  for (let done = 0; done < part.size || part.size === 0;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.byteLength, part.size - done), position + done)

    if (bytesRead === 0 && part.size > 0) {
      throw notOne(path, `it is cut off in ${part.path}`)
    }

    hash.update(buffer.subarray(0, bytesRead))
    await take(part, buffer.subarray(0, bytesRead))
    done += bytesRead

    if (part.size === 0) {
      break
    }
  }

  if (hash.digest('hex') !== part.sha256) {
    throw notOne(path, `${part.path} is damaged in it`)
  }
}
