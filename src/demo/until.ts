import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until there is an answer; says what it waited for when there is none */
export async function until<T> (what: string, timeoutMs: number, probe: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + timeoutMs

  for (;;) {
    const value = await probe()

    if (value !== undefined) {
      return value
    }

    if (performance.now() > end) {
      throw new Error(`waited ${timeoutMs / 1_000} s for ${what}`)
    }

    await sleep(50)
  }
}
