import { createAuditReader } from '../../src/audit/create-audit.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { createSigner } from '../../src/core/ed25519.ts'
import { signReceipts } from '../../src/envelope/receipts.ts'
import { appendOf } from '../../src/membership/roster/stored.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { Chain, keyOf } from '../membership/chain.ts'
import { arrival, bytes, creation, NOW, OTHER, SELF } from '../store/fixtures.ts'
import type { Audit, AuditCursor, AuditReport } from '../../src/audit/index.ts'
import type { Membership } from '../../src/membership/index.ts'
import type { Store, StoreCore } from '../../src/store/index.ts'

const OWN_KEY = 10
const PEER_KEY = 20

export interface Site {
  core: StoreCore
  store: Store
  audit: Pick<Audit, 'page'>
  membership: Pick<Membership, 'self' | 'signer' | 'roster'>
  clock: { now(): number }
}

/** A site with a roster of two members, in memory unless a path is given */
export async function site (path: string = ':memory:'): Promise<Site> {
  const chain = await (await (await Chain.found()).admit('s1', OWN_KEY)).admit('s2', PEER_KEY)
  const core = openCore({ path })
  const store = inProcessStore(core)

  if (core.rosterHead({}) == null) {
    core.appendRoster(appendOf(undefined, chain.entries))
  }

  const membership = {
    self: SELF,
    signer: createSigner({ siteId: SELF, privateKey: keyOf(OWN_KEY) }),
    roster: { network: 'net', genesis: chain.entries[0].hash } as unknown as Membership['roster']
  }
  const clock = { now: () => NOW }

  return { core, store, membership, clock, audit: createAuditReader({ store, membership, clock: clock as any }) }
}

/** A task that was sent, and the signed receipts that settle it together with another */
export async function deliver ({ core }: Site, key: number = PEER_KEY): Promise<Uint8Array> {
  const inputs = [creation({}), creation({})]
  const hashes = inputs.map(() => bytes(32))
  inputs.forEach(input => { core.createTask(input) })
  const receipts = await signReceipts(createSigner({ siteId: OTHER, privateKey: keyOf(key) }), {
    network: 'net',
    to: SELF,
    at: NOW,
    receipts: inputs.map(({ deliveries: [{ envelopeId: id }] }, i) => ({ id, hash: hashes[i], outcome: 'stored' as const, reason: '' }))
  })
  inputs.forEach(({ deliveries: [{ envelopeId }] }, i) => { core.settleDelivery({ envelopeId, site: OTHER, hash: hashes[i], outcome: 'delivered', now: NOW, receipts }) })

  return receipts
}

export function arrive ({ core }: Site, count: number): void {
  for (let i = 0; i < count; i++) {
    core.receiveTask(arrival())
  }
}

export async function exported ({ audit }: Pick<Site, 'audit'>, sign: boolean = true): Promise<string[]> {
  const lines: string[] = []
  let cursor: AuditCursor | undefined

  do {
    const page = await audit.page({ cursor, sign })
    lines.push(...page.lines)
    cursor = page.next
  } while (cursor != null)

  return lines
}

export async function verify (lines: string[]): Promise<AuditReport> {
  return verifyAudit((async function * () { yield * lines })())
}
