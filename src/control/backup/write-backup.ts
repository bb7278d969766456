import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, mkdtemp, open, readdir, rm, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { layout } from '../../config/layout.ts'
import { ConflictError, InvalidInputError } from '../../core/errors.ts'
import { fileExists, syncDirectory } from '../../core/files.ts'
import { STORE_PART, encodeManifest } from './manifest.ts'
import { verifyBackup } from './read-backup.ts'
import type { Part } from './manifest.ts'
import type { FileHandle } from 'node:fs/promises'

export interface WriteBackupInit {
  /** Data directory of the site */
  dir: string
  /** The backup; never overwritten */
  file: string
  site: string
  network: string
  program: string
  /** Unix ms */
  now: number
  /** Makes a consistent copy of the database */
  copyStore(to: string): Promise<void>
}

export interface BackupView {
  file: string
  bytes: number
  parts: number
  site: string
  /** Unix ms */
  created: number
}

/** A file on its way into the backup */
interface Source {
  /** In the backup */
  path: string
  /** Where it is now */
  from: string
}

/**
 * Writes a backup: the database as it is at one instant, then configuration and keys,
 * so that no key is missing which the database names. It gets its name when all of it
 * is on disk and was read back.
 *
 * @throws {ConflictError} when the name is taken
 * @throws {InvalidInputError} when nothing can be written there
 */
export async function writeBackup (init: WriteBackupInit): Promise<BackupView> {
  const { file } = init
  const directory = dirname(file)

  if (await fileExists(file)) {
    throw new ConflictError(`${file} exists already and is never overwritten: choose another name for the backup`)
  }

  const temporary = await mkdtemp(join(directory, `.${basename(file)}-`)).catch((err: NodeJS.ErrnoException) => {
    throw new InvalidInputError('file', `cannot be written: ${directory} takes no new file (${err.code ?? err.message})`)
  })

  try {
    const snapshot = join(temporary, 'beam.sqlite')
    await init.copyStore(snapshot)

    const sources = [{ path: STORE_PART, from: snapshot }, ...await otherSources(init.dir)]
    const whole = join(temporary, 'backup')
    const bytes = await writeWhole(whole, sources, init)
    await verifyBackup(whole)
    // a link, unlike a rename, never replaces what is there
    await link(whole, file).catch((err: NodeJS.ErrnoException) => {
      throw err.code === 'EEXIST' ? new ConflictError(`${file} exists already and is never overwritten`) : err
    })
    await unlink(whole)
    await syncDirectory(directory)

    return { file, bytes, parts: sources.length, site: init.site, created: init.now }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function otherSources (dir: string): Promise<Source[]> {
  const { config, network } = layout(dir)
  const keys = (await readdir(join(dir, 'keys'))).filter(name => !name.startsWith('.')).sort()

  return [
    { path: 'network.json', from: network },
    ...(await fileExists(config) ? [{ path: 'config.yaml', from: config }] : []),
    ...keys.map(name => ({ path: `keys/${name}`, from: join(dir, 'keys', name) }))
  ]
}

async function writeWhole (path: string, sources: Source[], { now, program, site, network }: WriteBackupInit): Promise<number> {
  const parts = await Promise.all(sources.map(describe))
  const file = await open(path, 'wx', 0o600)

  try {
    await file.write(encodeManifest({ created: now, program, site, network, parts }))

    for (const source of sources) {
      await copyInto(file, source)
    }

    await file.sync()

    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

async function describe ({ path, from }: Source): Promise<Part> {
  const hash = createHash('sha256')

  for await (const chunk of createReadStream(from)) {
    hash.update(chunk as Buffer)
  }

  return { path, size: (await stat(from)).size, sha256: hash.digest('hex') }
}

async function copyInto (file: FileHandle, { from }: Source): Promise<void> {
  for await (const chunk of createReadStream(from, { highWaterMark: 1_048_576 })) {
    await file.write(chunk as Buffer)
  }
}
