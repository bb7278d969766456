/**
 * Time as a parameter: simulations pass a virtual clock, the daemon the system's.
 */
export interface Clock {
  /** Wall clock, Unix time in ms */
  now(): number
  /** Time since an arbitrary start in ms, never set back */
  monotonic(): number
  setTimeout(fn: () => void, ms: number): Timer
}

export interface Timer {
  cancel(): void
}

/** Longest delay that Node's timers take, in ms; longer ones would fire at once */
const MAX_TIMEOUT = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => {
    const timer = setTimeout(fn, Math.min(Math.max(ms, 0), MAX_TIMEOUT))
    timer.unref()
    return { cancel: () => { clearTimeout(timer) } }
  }
}
