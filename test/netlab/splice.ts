import type { Socket } from 'node:net'

/** Each gets what the other sends; what ends or breaks one ends the other */
export function splice (one: Socket, other: Socket): void {
  for (const [from, to] of [[one, other], [other, one]]) {
    from.pipe(to)
    from.on('error', () => { reset(to) })
    from.on('close', () => { to.destroySoon() })
  }
}

/** A reset on one side is a reset on the other, not an end; a unix socket knows only ends */
function reset (socket: Socket): void {
  if (socket.remoteFamily == null) {
    socket.destroy()
  } else {
    socket.resetAndDestroy()
  }
}
