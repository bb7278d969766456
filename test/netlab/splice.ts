import type { Socket } from 'node:net'

/** Each gets what the other sends; what ends or breaks one ends the other */
export function splice (one: Socket, other: Socket): void {
  for (const [from, to] of [[one, other], [other, one]]) {
    from.pipe(to)
    // a reset on one side is a reset on the other, not an end
    from.on('error', () => { to.resetAndDestroy() })
    from.on('close', () => { to.destroySoon() })
  }
}
