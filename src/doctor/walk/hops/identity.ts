import { goThere } from '../go-there.ts'
import { failed, ok, skipped } from '../steps.ts'
import type { HopCheck } from '../index.ts'

/** Whether who takes the connection is that site: the Noise handshake, which only the daemon can do */
export const identity: HopCheck = {
  name: 'identity',
  after: ['connection'],
  known: ({ link }) => link == null ? undefined : ok(`over the link it proved to be ${link.peerId}`),
  run: async (path) => {
    if (path.probe == null) {
      return skipped('not known: only the daemon can prove who it is, and it does not run')
    }

    const { direct, linked } = await goThere(path)

    if (direct?.failure != null) {
      return failed(
        `somebody takes connections there, and the handshake with ${path.peer.record?.peers[0] ?? 'it'} failed: ${direct.failure}`,
        `something else listens at that address, a device between cuts what it does not know, or ${path.peer.site} was moved or restored with another key: ask its operator to compare "beam-node status" (peer id) and the address`,
        'warning'
      )
    }

    return ok(direct?.address == null && linked ? 'a link came meanwhile' : `${path.peer.record?.peers[0]} answers at ${direct?.address ?? 'its address'}`)
  }
}
