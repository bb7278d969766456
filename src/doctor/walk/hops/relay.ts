import { goThere } from '../go-there.ts'
import { failed, ok, skipped } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** Whether a relay that it names can be reached */
export const relay: HopCheck = {
  name: 'relay',
  after: ['site record'],
  known: ({ link }) => {
    if (link == null) {
      return
    }

    return link.path === 'relay' ? ok(`the link goes through ${link.via ?? 'a relay'}`) : skipped('not needed: the link is direct')
  },
  run: async (path) => {
    const { peer: { relays, site } } = path

    if (path.outcome('identity') === 'ok') {
      return skipped('not needed: it is reached directly')
    }

    if (relays.length === 0) {
      return path.outcome('connection') === 'skipped'
        ? failed('it has neither an address of its own nor a relay: only it can connect', 'ask its operator for "beam-node doctor" there: its daemon must run and hold reservations at relays', 'warning')
        : skipped('it names none')
    }

    if (path.probe == null) {
      return skipped('not known: only the daemon can ask a relay, and it does not run')
    }

    const { relays: tried = [], linked } = await goThere(path)

    if (linked) {
      return ok('a link came meanwhile')
    }

    const reached = tried.filter(({ reached }) => reached !== 'nothing')
    const text = tried.map(({ relay, reached, failure }) => reached === 'nothing' ? `${relay} cannot be reached: ${failure}` : `${relay} is reached`).join('; ')

    return reached.length > 0
      ? ok(text)
      : failed(text, `ask who runs ${tried[0]?.relay ?? 'it'} whether it is up; "beam-node doctor --peer ${tried[0]?.relay ?? site}" walks the way to it`, 'warning')
  }
}
