import { ConflictError } from '../../core/errors.ts'
import { readPrivateFileIfThere, writePrivateFile } from '../../core/files.ts'
import { sameSecret } from '../bytes.ts'

/**
 * Writes a private file, or finds the same content there already: a step that a
 * crash cut short can be taken again.
 *
 * @throws {ConflictError} when something else is there
 */
export async function writeOnce (path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const present = await readPrivateFileIfThere(path)

  if (present == null) {
    await writePrivateFile(path, bytes)
    return
  }

  if (!sameSecret(present, bytes)) {
    throw new ConflictError(`${path} holds something else already and is never overwritten`)
  }
}
