import { INVARIANTS } from './invariants.ts'
import type { SimSite } from './sim-site.ts'
import type { Store } from '../../../src/store/index.ts'

export type Sabotage = (store: Store, site: SimSite) => Store

/** For each invariant a fault that breaks it: an invariant that nothing can break shows nothing */
export const SABOTAGE: Record<keyof typeof INVARIANTS, () => Sabotage> = {
  'nothing acknowledged is lost': () => (store) => ({
    ...store,
    // a receipt before the commit, and then no commit
    receiveTask: async (input) => input.envelopeId[0] < 64 ? { kind: 'stored', seq: 1_000_000 } : store.receiveTask(input)
  }),

  'what a restore made forget comes back from those who have it': () => (store) => ({
    ...store,
    // nothing is offered again
    listDelivered: async () => []
  }),

  'a new life is like none before': () => (store, site) => {
    // the backup is put in place and nothing else
    site.renews = false

    return store
  },

  'no effect happens twice': () => (store) => ({
    ...store,
    // no memory of what was answered
    findReceived: async () => undefined,
    receiveTask: async (input) => {
      const outcome = await store.receiveTask(input)

      return outcome.kind === 'stored' ? outcome : { kind: 'stored', seq: 1_000_000 }
    }
  }),

  'no task is at a site that is neither creator nor recipient': () => {
    const all: SimSite[] = []

    return (store, site) => {
      all.push(site)

      return {
        ...store,
        // what comes is handed on to everybody
        receiveTask: async (input) => {
          for (const other of all) {
            if (other !== site && other.site !== input.task.creator) {
              other.core.receiveTask({ ...input, self: other.site })
            }
          }

          return store.receiveTask(input)
        }
      }
    }
  },

  'an older update never overwrites a newer one': () => {
    let last = 1_000_000

    return (store) => ({
      ...store,
      // whatever comes last wins
      receiveResult: async (input) => store.receiveResult({ ...input, revision: ++last })
    })
  },

  'leases are exclusive in effect': () => {
    const tokens = new Map<string, number>()

    return (store) => ({
      ...store,
      // no fencing: whatever token is named, it is taken for the newest
      answerTask: async (input) => {
        const key = `${input.id} ${input.from}`
        const outcome = await store.answerTask({ ...input, token: input.token == null ? undefined : tokens.get(key) })

        if ('token' in outcome && outcome.token != null) {
          tokens.set(key, outcome.token)
        }

        return outcome
      }
    })
  },

  'cancels hold': () => (store) => ({
    ...store,
    // confirmed, and not done
    receiveCancel: async () => ({ kind: 'nothing' })
  }),

  'what waited arrives within 5 s of healing': () => (store) => ({
    ...store,
    // a receipt in time is taken for none
    settleDelivery: async () => ({ kind: 'unknown' })
  }),

  'all sites agree after healing': () => (store) => ({
    ...store,
    // receipts are not written down
    settleDelivery: async () => ({ kind: 'unknown' })
  })
}
