import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, openSync, rmSync, statSync, statfsSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Room that is kept for hard times: what frees space needs some itself */
export interface Reserve {
  /** Whether the reserve lies there, made now if there was room for twice as much */
  regain(): boolean
  /** Gives the room to the database; false when the disk has room, so that something else must be in the way */
  release(): boolean
}

/**
 * A file of `bytes` beside the database. Its bytes are by chance, so that no file
 * system stores it in less than it is.
 */
export function createReserve (path: string, bytes: number): Reserve {
  const file = `${path}-reserve`

  const free = (): number => {
    const { bavail, bsize } = statfsSync(dirname(path))

    return bavail * bsize
  }

  const make = (): void => {
    const chunk = new Uint8Array(Math.min(bytes, 1_048_576))
    const handle = openSync(file, 'w', 0o600)

    try {
      for (let written = 0; written < bytes;) {
        randomFillSync(chunk)
        written += writeSync(handle, chunk, 0, Math.min(chunk.byteLength, bytes - written))
      }

      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  }

  return {
    regain: () => {
      try {
        if (statSync(file, { throwIfNoEntry: false })?.size === bytes) {
          return true
        }

        if (free() < 2 * bytes) {
          return false
        }

        make()

        return true
      } catch {
        // somebody else took the room meanwhile, or the disk fails, which the next commit shows
        rmSync(file, { force: true })

        return false
      }
    },
    release: () => {
      if (free() >= bytes) {
        return false
      }

      rmSync(file, { force: true })

      return true
    }
  }
}
