import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { openCore } from '../../../src/store/core.ts'
import { CLOCK_KEY } from '../../../src/store/transitions/touch-clock.ts'
import type { StoreCore } from '../../../src/store/index.ts'

/** A consistent copy of a store at one instant, in memory. Made by the store's own backup, and good for any number of restores */
export class SimBackup {
  /** Highest clock that the copy has seen, Unix ms */
  readonly mark: number
  readonly #copy: DatabaseSync

  /**
   * @param core - of the site, running or not
   * @param made - now, by the site's own clock, Unix ms
   */
  static async of (core: StoreCore, made: number): Promise<SimBackup> {
    const path = inMemory()
    // what is in memory lives as long as somebody has it open
    const copy = new DatabaseSync(path)
    await core.maintenance.backup(path, () => {})

    return new SimBackup(copy, Math.max(made, Number(core.getMeta({ key: CLOCK_KEY }) ?? 0)))
  }

  constructor (copy: DatabaseSync, mark: number) {
    this.#copy = copy
    this.mark = mark
  }

  /** A new store with its content, changed by `prepare` before anybody reads its incarnation */
  open (prepare: (core: StoreCore) => void): StoreCore {
    const path = inMemory()
    const keep = new DatabaseSync(path)
    this.#copy.exec(`VACUUM INTO '${path}'`)
    const first = openCore({ path })
    const findings = first.maintenance.check(true)

    if (findings.length > 0) {
      throw new Error(`a backup is damaged: ${findings.join('; ')}`)
    }

    prepare(first)
    first.close()
    const core = openCore({ path })
    keep.close()

    return core
  }

  close (): void {
    this.#copy.close()
  }
}

/** Shared by all threads of this process, so no two are alike */
function inMemory (): string {
  return `file:/sim-${randomUUID()}?vfs=memdb`
}
