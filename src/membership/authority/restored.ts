import { RefusedError } from '../../core/errors.ts'
import type { Store } from '../../store/index.ts'

/** Set by a restore; the store's name for it is the same */
const COMPARE_KEY = 'compare-roster'

/**
 * An authority that was restored from a backup may have forgotten entries that it
 * signed. It signs nothing before one other member at least showed its roster, else it
 * would sign a second successor of one entry, which freezes the roster everywhere.
 *
 * @throws {RefusedError} while nobody did
 */
export async function requireCompared (store: Pick<Store, 'getMeta' | 'setMeta'>, compared: number): Promise<void> {
  if (await store.getMeta({ key: COMPARE_KEY }) !== '1') {
    return
  }

  if (compared === 0) {
    throw new RefusedError('this site was restored from a backup and may have forgotten roster entries that it signed: it signs no new ones until it has compared its roster with another member; start another member, or restore with --alone if there is none')
  }

  await store.setMeta({ key: COMPARE_KEY, value: '0' })
}
