import { goThere } from '../go-there.ts'
import { failed, ok } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** Whether the relay joins the two, and the one at the far end is that site */
export const circuit: HopCheck = {
  name: 'circuit',
  after: ['reservation'],
  known: ({ link }) => link?.path === 'relay' ? ok(`over it runs the link, since ${new Date(link.since).toISOString()}`) : undefined,
  run: async (path) => {
    const { relays: tried = [], linked } = await goThere(path)
    const good = tried.filter(({ reached }) => reached === 'circuit')

    if (linked || good.length > 0) {
      return ok(linked ? 'a link came meanwhile' : `through ${good.map(({ relay }) => relay).join(' and ')}, and ${path.peer.record?.peers[0]} answers`)
    }

    const bad = tried.filter(({ reached }) => reached === 'reservation')

    return failed(
      bad.map(({ relay, failure }) => `${relay}: ${failure}`).join('; '),
      bad.some(({ full }) => full !== true)
        ? `${path.peer.site} does not answer: it hangs, or its connection to the relay is dead and the relay does not know yet; try again in a minute, then ask its operator`
        : `ask who runs ${bad[0]?.relay ?? 'it'} for more room: relay.maxCircuits, relay.maxCircuitsPerSite, relay.maxMemory there; or have one more member lend itself as a relay`,
      'warning'
    )
  }
}
