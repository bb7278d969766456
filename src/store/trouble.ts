import type { Store } from './index.ts'

/** What keeps the store from acknowledging */
export interface StoreTrouble {
  /** STORE_FULL, STORE_IO, STORE_FAILED or STORE_CORRUPT */
  code: string
  /** For people */
  message: string
  /** It does not pass by itself: a restart reads the log back and checks the file */
  needsRestart: boolean
}

/** As the store's thread sees it now; a full disk is looked at again also when nobody calls */
export function troubleOf (store: Pick<Store, 'trouble'>): StoreTrouble | undefined {
  const trouble = store.trouble()

  return trouble == null ? undefined : { ...trouble, needsRestart: trouble.code !== 'STORE_FULL' }
}
