/**
 * What any implementation of the store must do, as one suite over a factory.
 */
import { suiteApps } from './conformance/apps.ts'
import { suiteBlobs } from './conformance/blobs.ts'
import { suiteCreate } from './conformance/create.ts'
import { suiteDeliveries } from './conformance/deliveries.ts'
import { suiteExpiry } from './conformance/expiry.ts'
import { suiteLife } from './conformance/life.ts'
import { suiteLists } from './conformance/lists.ts'
import { suiteMail } from './conformance/mail.ts'
import { suiteMembership } from './conformance/membership.ts'
import { suiteOperator } from './conformance/operator.ts'
import { suiteOrder } from './conformance/order.ts'
import { suiteReceive } from './conformance/receive.ts'
import { suiteRestored } from './conformance/restored.ts'
import { suiteResults } from './conformance/results.ts'
import { suiteUploads } from './conformance/uploads.ts'
import type { Store } from '../../src/store/index.ts'

/** An empty store, closed by the suite */
export type OpenEmpty = () => Promise<Store>

export function conformance (open: OpenEmpty): void {
  let store: Store

  beforeEach(async () => {
    store = await open()
  })

  afterEach(async () => {
    await store.close()
  })

  const get = (): Store => store

  suiteCreate(get)
  suiteReceive(get)
  suiteLists(get)
  suiteResults(get)
  suiteLife(get)
  suiteOrder(get)
  suiteDeliveries(get)
  suiteExpiry(get)
  suiteBlobs(get)
  suiteUploads(get)
  suiteMembership(get)
  suiteOperator(get)
  suiteRestored(get)
  suiteApps(get)
  suiteMail(get)
}
