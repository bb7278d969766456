/**
 * A backup is one file: a line, the manifest, and the parts one after the other.
 *
 * beam-node-backup 1 <bytes of the manifest>\n
 * <manifest as JSON>\n
 * <bytes of each part, in the order of the manifest>
 *
 * It holds the private keys of the site: whoever has it can be that site.
 */
import { InvalidInputError } from '../../core/errors.ts'
import { quote } from '../../core/ids.ts'
import type { FileHandle } from 'node:fs/promises'

/** Of the format */
const VERSION = 1

const MAGIC = 'beam-node-backup'

/** Longest manifest, bytes */
const MAX_MANIFEST = 1_048_576

/** Longest first line, bytes */
const MAX_LINE = 64

/** Name of the database in a backup and below a data directory */
export const STORE_PART = 'data/beam.sqlite'

/** What a backup may hold, and nothing else: it decides which files are written */
const PARTS = /^(data\/beam\.sqlite|config\.yaml|network\.json|keys\/[a-z0-9][a-z0-9.-]{0,127})$/

export interface Part {
  /** Below the data directory */
  path: string
  /** Bytes */
  size: number
  /** SHA-256, hex */
  sha256: string
}

export interface Manifest {
  version: number
  /** Unix ms */
  created: number
  /** Version of beam-node that wrote it */
  program: string
  site: string
  network: string
  parts: Part[]
}

export function encodeManifest (manifest: Omit<Manifest, 'version'>): Buffer {
  const json = Buffer.from(`${JSON.stringify({ version: VERSION, ...manifest })}\n`)

  return Buffer.concat([Buffer.from(`${MAGIC} ${VERSION} ${json.byteLength}\n`), json])
}

/**
 * Reads the front of a backup; `start` is where its parts begin.
 *
 * @throws {InvalidInputError} saying why it is none
 */
export async function readManifest (file: FileHandle, path: string): Promise<{ manifest: Manifest, start: number }> {
  const front = Buffer.alloc(MAX_LINE)
  const { bytesRead } = await file.read(front, 0, MAX_LINE, 0)
  const end = front.subarray(0, bytesRead).indexOf('\n')
  // a first line of fewer words is one of no version
  const [magic, version, length]: Array<string | undefined> = front.subarray(0, Math.max(end, 0)).toString('latin1').split(' ')

  if (end === -1 || magic !== MAGIC) {
    throw notOne(path, 'it does not begin like one')
  }

  if (version !== String(VERSION)) {
    throw notOne(path, `it is of version ${quote(version ?? '')}, this beam-node knows version ${VERSION}`)
  }

  const size = Number(length)

  if (!Number.isSafeInteger(size) || size < 2 || size > MAX_MANIFEST) {
    throw notOne(path, 'its first line is damaged')
  }

  const json = Buffer.alloc(size)
  const { bytesRead: got } = await file.read(json, 0, size, end + 1)
  const manifest = got === size ? parse(json.toString('utf8')) : undefined

  if (manifest == null) {
    throw notOne(path, 'its manifest is damaged')
  }

  return { manifest, start: end + 1 + size }
}

export function notOne (path: string, why: string): InvalidInputError {
  return new InvalidInputError('file', `${path} is not a whole backup: ${why}`)
}

function parse (text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Manifest
    const paths = value.parts.map(({ path }) => path)
    const good = value.parts.every(({ path, size, sha256 }) => PARTS.test(path) && Number.isSafeInteger(size) && size >= 0 && /^[0-9a-f]{64}$/.test(sha256)) &&
      new Set(paths).size === paths.length && paths.includes(STORE_PART) && paths.includes('network.json') &&
      [value.site, value.network, value.program].every(text => typeof text === 'string') && Number.isSafeInteger(value.created)

    return good ? value : undefined
  } catch {
    // no JSON, or without parts: the caller says that it is damaged
  }
}
