// Which of two control streams of one pair of daemons stays.
//
// Two daemons that dial each other at once end up with two connections, and each may
// have opened a control stream. Both sides apply this rule to the same facts, so both
// keep the same stream:
//
// 1. A stream with another boot id is the peer after a restart: it replaces.
// 2. A direct path stays before one through a relay, whoever dialled: both ends see
//    which is which.
// 3. Of two alike, the one whose connection was dialled by the smaller peer id (as text)
//    stays.
// 4. Dialled by the same side twice: that side opens a second one only when it has lost
//    the first, so the newer replaces.
//
// The stream that goes is told so with Bye and may deliver what is under way as long as
// it does: nothing is lost, and the site is never down in between.
//
// A newcomer that loses may mean that the peer has lost the other one without our
// knowing: that one is asked at once whether it still lives.

export interface Candidate {
  /** Hex of the peer's boot id */
  boot: string
  /** Peer id that dialled the connection */
  dialer: string
  /** Of its path: the higher one is better */
  quality: number
}

export function newcomerWins (present: Candidate, newcomer: Candidate): boolean {
  if (present.boot !== newcomer.boot) {
    return true
  }

  if (present.quality !== newcomer.quality) {
    return newcomer.quality > present.quality
  }

  if (present.dialer === newcomer.dialer) {
    return true
  }

  return newcomer.dialer < present.dialer
}
