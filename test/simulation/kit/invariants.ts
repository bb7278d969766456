import { parseId } from '../../../src/core/ids.ts'
import type { Ledger } from './ledger.ts'
import type { SimSite } from './sim-site.ts'
import type { SiteId } from '../../../src/core/ids.ts'
import type { StoredTask } from '../../../src/store/index.ts'

/** What the apps were told, and what is on the disks when everything is healed */
export interface Outcome {
  ledger: Ledger
  sites: Map<SiteId, SimSite>
  network: string
}

/** Returns a line for each violation */
export type Invariant = (outcome: Outcome) => string[]

/**
 * Each is said once, here, about what stays on disk and what apps saw; none knows
 * how delivery works.
 */
export const INVARIANTS: Record<string, Invariant> = {
  'nothing acknowledged is lost': (outcome) => {
    const { ledger, sites, network } = outcome
    const lost: string[] = []

    for (const { task, creator, brief } of ledger.tasks.values()) {
      for (const site of brief ? [] : new Set([creator, ...task.to.map((id) => siteOf(id, network))])) {
        if (stored(sites, site, task.id) == null && !isDone(outcome, site, task.id)) {
          lost.push(`task ${task.id} of ${creator} is not at ${site}`)
        }
      }
    }

    for (const { task, creator, from, forgotten } of ledger.answers.values()) {
      if (isBrief(ledger, task.id) || forgotten === true) {
        continue
      }

      for (const site of new Set([creator, siteOf(from, network)])) {
        if (sites.get(site)?.core.getResult({ task: { creator, id: task.id }, from }) == null) {
          lost.push(`result of ${from} for ${task.id} is not at ${site}`)
        }
      }
    }

    return lost
  },

  'what a restore made forget comes back from those who have it': (outcome) => {
    const { ledger, sites } = outcome

    return [
      ...[...ledger.undone.tasks].filter((what) => {
        const [site, id] = what.split(' ')
        const creator = ledger.tasks.get(id)?.creator

        return creator != null && creator !== site && !isBrief(ledger, id) && stored(sites, site, id) == null && !isDone(outcome, site, id)
      }).map((what) => `task at ${what}`),
      ...[...ledger.undone.results].filter((what) => {
        const [id, from] = what.split(' ')
        const creator = ledger.tasks.get(id)?.creator

        return creator != null && !isBrief(ledger, id) && ledger.answers.get(what)?.forgotten !== true && sites.get(creator)?.core.getResult({ task: { creator, id }, from }) == null
      }).map((what) => `result ${what}`)
    ]
  },

  'a new life is like none before': ({ ledger }) => [...ledger.lives].flatMap(([site, lives]) => lives
    .filter((life, i) => i > 0 && life <= Math.max(...lives.slice(0, i)))
    .map((life) => `${site} began life ${life}, which is not above its lives before`)),

  'no effect happens twice': ({ ledger }) => [
    ...[...ledger.stored].filter(([, times]) => times.length > 1).map(([what, times]) => `${what} was stored as new ${times.length} times`),
    ...[...ledger.versions].flatMap(([what, seen]) => {
      const distinct = new Set(seen.map(({ site, incarnation, revision }) => `${site} ${incarnation} ${revision}`))

      return distinct.size === seen.length ? [] : [`a version of the result ${what} was taken in twice`]
    }),
    ...ledger.offeredAgain.map((what) => `offered again after its success was kept: ${what}`)
  ],

  'no task is at a site that is neither creator nor recipient': ({ sites, network, ledger }) => [...ledger.tasks.values()].flatMap(({ task, creator }) => {
    const allowed = new Set([creator, ...task.to.map((id) => siteOf(id, network))])

    return [...sites.keys()].filter((site) => !allowed.has(site) && stored(sites, site, task.id) != null).map((site) => `${task.id} is at ${site}`)
  }),

  'an older update never overwrites a newer one': ({ ledger, sites }) => [
    ...[...ledger.versions].flatMap(([what, seen]) => seen
      .filter(({ incarnation, revision }, i) => i > 0 && (incarnation < seen[i - 1].incarnation || (incarnation === seen[i - 1].incarnation && revision < seen[i - 1].revision)))
      .map(({ revision }) => `result ${what} went back to revision ${revision}`)),
    ...[...ledger.versions].flatMap(([what, seen]) => {
      const [id, from] = what.split(' ')
      const creator = ledger.tasks.get(id)?.creator
      const last = seen.at(-1)
      const kept = creator == null || isBrief(ledger, id) ? undefined : sites.get(creator)?.core.getResult({ task: { creator, id }, from })

      return kept == null || last == null || !isNewer(last, kept) ? [] : [`the creator took in ${last.incarnation}.${last.revision} of ${what} and keeps ${kept.incarnation}.${kept.revision}`]
    }),
    ...[...ledger.answers.values()].flatMap(({ task, creator, from, body, forgotten }) => {
      const kept = forgotten === true || isBrief(ledger, task.id) ? undefined : sites.get(creator)?.core.getResult({ task: { creator, id: task.id }, from })

      return kept?.body.inline == null || Buffer.from(kept.body.inline).toString() === body ? [] : [`the creator of ${task.id} keeps another answer of ${from} than the last acknowledged`]
    })
  ],

  'leases are exclusive in effect': ({ ledger, sites }) => [...ledger.finals].flatMap(([what, holders]) => {
    const [id, from] = what.split(' ')
    const creator = ledger.tasks.get(id)?.creator
    const kept = creator == null || isBrief(ledger, id) ? undefined : sites.get(creator)?.core.getResult({ task: { creator, id }, from })?.body.inline

    return [
      ...(holders.size > 1 ? [`the final answers of ${[...holders].join(' and ')} for ${what} were both acknowledged`] : []),
      ...(kept != null && Buffer.from(kept).toString() !== `done by ${[...holders][0]}` ? [`the creator keeps "${Buffer.from(kept).toString()}" for ${what}, not the acknowledged answer`] : [])
    ]
  }),

  'cancels hold': ({ ledger, sites }) => [
    ...ledger.offeredCancelled.map((what) => `offered after everybody knew that it was cancelled: ${what}`),
    ...ledger.afterCancel.map((what) => `a result took effect after its task was cancelled: ${what}`),
    ...[...ledger.cancels].filter(([, acknowledged]) => acknowledged).flatMap(([id]) => [...sites.keys()].filter((site) => {
      const task = stored(sites, site, id)

      return task != null && task.cancelled == null && task.localExpires > (sites.get(site)?.clock.now() ?? 0)
    }).map((site) => `${id} is not cancelled at ${site}`))
  ],

  'what waited arrives within 5 s of healing': ({ ledger }) => ledger.slow,

  'all sites agree after healing': ({ ledger, sites, network }) => {
    const apart: string[] = []

    for (const { task, creator, from } of ledger.answers.values()) {
      if (isBrief(ledger, task.id)) {
        continue
      }

      const owner = sites.get(siteOf(from, network))
      const [theirs, ours] = [owner, sites.get(creator)].map((site) => site?.core.getResult({ task: { creator, id: task.id }, from }))

      // a restore took the owner back behind what its creator was told in an earlier life: the creator keeps that
      if (owner != null && ours != null && ours.incarnation < owner.core.incarnation && (theirs == null || isNewer(ours, theirs))) {
        continue
      }

      if (theirs?.revision !== ours?.revision || theirs?.status !== ours?.status || Buffer.compare(theirs?.body.sha256 ?? NOTHING, ours?.body.sha256 ?? NOTHING) !== 0) {
        apart.push(`${from} and ${creator} disagree about the result for ${task.id}`)
      }
    }

    for (const [site, { core, clock }] of sites) {
      for (const queued of core.outboxSites({ now: clock.now() })) {
        apart.push(`${queued.count} envelopes for ${queued.site} still wait at ${site}`)
      }
    }

    return apart
  }
}

export function check (outcome: Outcome): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, invariant]) => invariant(outcome).map((line) => `${name}: ${line}`))
}

const NOTHING = new Uint8Array(0)

interface Version { incarnation: number, revision: number }

function isNewer (a: Version, b: Version): boolean {
  return a.incarnation === b.incarnation ? a.revision > b.revision : a.incarnation > b.incarnation
}

/** A restored site is not asked again for what its creator has all its final answers to, and may not know it any more */
function isDone ({ ledger, sites, network }: Outcome, site: SiteId, id: string): boolean {
  const known = ledger.tasks.get(id)
  const asked = known?.task.to.filter((app) => siteOf(app, network) === site) ?? []

  return known != null && ledger.undone.tasks.has(`${site} ${id}`) && site !== known.creator &&
    asked.every((app) => /^(succeeded|permfailed)$/.test(sites.get(known.creator)?.core.getResult({ task: { creator: known.creator, id }, from: app })?.status ?? ''))
}

/** Its life may end, or its creator may take it back, before anything arrives */
function isBrief (ledger: Ledger, id: string): boolean {
  return ledger.tasks.get(id)?.brief !== false || ledger.cancels.has(id)
}

function stored (sites: Map<SiteId, SimSite>, site: SiteId, id: string): StoredTask | undefined {
  return sites.get(site)?.core.findTasks({ id })[0]
}

function siteOf (id: string, network: string): SiteId {
  return parseId(id, network)?.siteId ?? ''
}
