import type { DeliveryContext } from './context.ts'
import type { SiteId } from '../../core/ids.ts'

/** Deliveries that are queued again in one commit */
const STEP = 256

/** The life in which a store begins */
const FIRST_LIFE = 1

/** Meta key of the last life of a site that this one heard of */
export function lifeKey (site: SiteId): string {
  return `life:${site}`
}

/**
 * A site whose store was restored from a backup says a higher incarnation in its Hello.
 * What it confirmed after the backup it may have forgotten, while here it counts as
 * delivered: all of it that is unexpired is queued once more, each in a new envelope,
 * for the seed of the old one is erased. What the site does know it confirms again
 * without effect.
 *
 * A crash in the middle begins anew: what is queued again already is not delivered any
 * more, and the life is written down last. `turn` is asked only for a new life: in how
 * many ms it may be believed.
 */
export async function reoffer ({ store, links, clock, random, log }: Pick<DeliveryContext, 'store' | 'links' | 'clock' | 'random' | 'log'>, site: SiteId, turn: () => number): Promise<{ wait: number, count: number }> {
  const life = links.incarnation?.(site) ?? 0
  const known = Number(await store.getMeta({ key: lifeKey(site) }) ?? FIRST_LIFE)

  if (life <= known) {
    return { wait: 0, count: 0 }
  }

  const wait = turn()

  if (wait > 0) {
    log.debug({ site, life, seconds: Math.ceil(wait / 1_000) }, 'a site says once more that it was restored from a backup: what it may have forgotten is sent to it again later')

    return { wait, count: 0 }
  }

  const now = clock.now()
  let count = 0
  let after = 0

  for (;;) {
    const rows = await store.listDelivered({ site, after, limit: STEP, now })

    if (rows.length === 0) {
      break
    }

    count += await store.reofferDeliveries({ site, now, rows: rows.map(seq => ({ seq, envelopeId: random.bytes(16), seed: random.bytes(32) })) })
    after = rows[rows.length - 1]
  }

  await store.setMeta({ key: lifeKey(site), value: String(life) })
  log.warn({ site, life, envelopes: count }, 'a site was restored from a backup: what it may have forgotten is sent to it again')

  return { wait: 0, count }
}
