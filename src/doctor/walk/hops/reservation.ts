import { goThere } from '../go-there.ts'
import { failed, ok } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** Whether a relay knows it: it is there now, and may be reached through it */
export const reservation: HopCheck = {
  name: 'reservation',
  after: ['relay'],
  known: ({ link }) => link?.path === 'relay' ? ok(`${link.via ?? 'the relay'} holds one for it`) : undefined,
  run: async (path) => {
    const { relays: tried = [], linked } = await goThere(path)
    const asked = tried.filter(({ reached }) => reached !== 'nothing')
    const good = asked.filter(({ reached }) => reached !== 'relay')

    if (linked || good.length > 0) {
      return ok(linked ? 'a link came meanwhile' : `${good.map(({ relay }) => relay).join(' and ')} ${good.length === 1 ? 'holds' : 'hold'} one for it`)
    }

    return failed(
      asked.map(({ relay, failure }) => `${relay}: ${failure}`).join('; '),
      `${path.peer.site} is not connected to its relays: it is off, or cannot get out. Ask its operator for "beam-node doctor" there; what waits goes out by itself when it is back`,
      'warning'
    )
  }
}
