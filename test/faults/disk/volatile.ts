import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { Content } from './content.ts'
import type { Change } from './content.ts'
import type { Step } from './trace.ts'
import type { Decisions } from '../random.ts'

/** Bytes that a disk writes whole or not at all */
const SECTOR = 512

interface Inode {
  /** What is certainly on disk */
  readonly durable: Content
  /** What may be, in order */
  pending: Change[]
}

/** A name that appeared or went, and is not certain before its directory is synced */
interface Naming {
  set: Array<[path: string, inode: Inode | undefined]>
}

/**
 * A disk with a cache that forgets. What was synced stays; of the rest a power cut
 * leaves whatever chance leaves: any of the writes, and of those any sectors; of the
 * names of a directory those that came first.
 */
export class VolatileDisk {
  readonly #root: string
  /** As the process sees it, and as it certainly is */
  readonly #seen = new Map<string, Inode>()
  readonly #durable = new Map<string, Inode>()
  readonly #namings = new Map<string, Naming[]>()

  /** `files`: what was there before */
  constructor (root: string, files: Map<string, Buffer>) {
    this.#root = root

    for (const [path, bytes] of files) {
      const inode = { durable: new Content(bytes), pending: [] }
      this.#seen.set(path, inode)
      this.#durable.set(path, inode)
    }
  }

  apply ({ op, path, offset, data }: Step): void {
    const inode = this.#seen.get(path)

    switch (op) {
      case 'C':
        this.#name(path, [[path, { durable: new Content(), pending: [] }]])
        break
      case 'W':
        inode?.pending.push({ offset, data })
        break
      case 'T':
        inode?.pending.push({ size: offset })
        break
      case 'S':
        this.#sync(inode)
        break
      case 'D':
        this.#syncNames(path)
        break
      case 'U':
        this.#name(path, [[path, undefined]])
        break
      case 'R':
        this.#name(path, [[data.toString(), inode], [path, undefined]])
        break
      case 'L':
        this.#name(path, [[data.toString(), inode]])
        break
      default:
        throw new Error(`the record has no step of kind ${String(op)}`)
    }
  }

  /** The power goes: writes what is left below `to` */
  cut (random: Decisions, to: string): Map<string, Buffer> {
    const names = new Map(this.#durable)

    for (const namings of this.#namings.values()) {
      // a journal keeps their order
      for (const { set } of namings.slice(0, random.between(0, namings.length))) {
        set.forEach(([path, inode]) => { inode == null ? names.delete(path) : names.set(path, inode) })
      }
    }

    const left = new Map<string, Buffer>()

    for (const [path, inode] of names) {
      const content = leftOf(inode, random)
      const target = join(to, relative(this.#root, path))
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
      writeFileSync(target, content, { mode: 0o600 })
      left.set(target, content)
    }

    return left
  }

  #name (path: string, set: Naming['set']): void {
    set.forEach(([name, inode]) => { inode == null ? this.#seen.delete(name) : this.#seen.set(name, inode) })
    const directory = dirname(path)
    const namings = this.#namings.get(directory) ?? []
    namings.push({ set })
    this.#namings.set(directory, namings)
  }

  #sync (inode: Inode | undefined): void {
    if (inode != null) {
      inode.pending.forEach((change) => { inode.durable.apply(change) })
      inode.pending = []
    }
  }

  #syncNames (directory: string): void {
    for (const { set } of this.#namings.get(directory) ?? []) {
      set.forEach(([path, inode]) => { inode == null ? this.#durable.delete(path) : this.#durable.set(path, inode) })
    }

    this.#namings.delete(directory)
  }
}

function leftOf ({ durable, pending }: Inode, random: Decisions): Buffer {
  const content = new Content(durable.bytes())

  for (const change of pending) {
    const luck = random.between(0, 3)

    if (luck === 0) {
      continue
    }

    if ('size' in change || luck < 3) {
      content.apply(change)
      continue
    }

    // torn: some of its sectors
    for (let at = 0; at < change.data.byteLength; at += SECTOR) {
      if (random.between(0, 1) === 0) {
        content.apply({ offset: change.offset + at, data: change.data.subarray(at, at + SECTOR) })
      }
    }
  }

  return content.bytes()
}
