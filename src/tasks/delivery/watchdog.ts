import type { Clock, Timer } from '../../core/clock.ts'

export interface Watchdog {
  /** Something moved */
  fed(): void
  stop(): void
}

/** Barks once when it was not fed for `pause` ms to twice that */
export function watchdog (clock: Clock, pause: number, bark: () => void): Watchdog {
  let moved = false
  let timer: Timer
  const wait = (): void => {
    timer = clock.setTimeout(() => {
      if (moved) {
        moved = false
        wait()
      } else {
        bark()
      }
    }, pause)
  }
  wait()

  return {
    fed: () => { moved = true },
    stop: () => { timer.cancel() }
  }
}
