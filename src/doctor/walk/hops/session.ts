import { goThere } from '../go-there.ts'
import { failed, ok, skipped } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** Whether both agree that the other is a member: they compare their rosters before anything else */
export const session: HopCheck = {
  name: 'membership session',
  after: ['identity', 'circuit'],
  known: ({ link }) => link == null ? undefined : ok('each takes the other for a member: there is a link'),
  run: async (path) => {
    const { session, linked } = await goThere(path)

    if (session == null) {
      return linked ? ok('a link came meanwhile') : skipped('nobody was reached')
    }

    if (session.ok) {
      return ok('each takes the other for a member')
    }

    const { site, self } = path.peer

    switch (session.by) {
      case 'them':
        return failed(`${site} refuses this site: ${session.reason}`, `ask its operator what "beam-node members" says there of ${self}; when it is behind, the news of this site's admission will mend it`)
      case 'us':
        return failed(`this site refuses ${site}: ${session.reason}`, 'ask the operator of the authority; "beam-node members" shows how it is judged here')
      default:
        return failed(`it did not come to an answer: ${session.reason ?? 'the reason is not known'}`, 'try again; when it stays so, compare the versions and the logs of both sites ("a connection was not established")')
    }
  }
}
