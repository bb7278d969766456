const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Exit code of a process that was told twice to end; also in exit-codes.ts */
const FORCED = 130

/** One Ctrl-C may come twice, from the terminal and from npm or timeout(1): so soon it is no second word, ms */
const ECHO = 500

/** Resolves with the first SIGINT or SIGTERM; a second one ends the process at once */
export async function terminationSignal (): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked: number | undefined
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked != null && performance.now() - asked < ECHO) {
        return
      }

      if (asked != null) {
        process.stderr.write('told twice: ending at once, without draining\n')
        process.exit(FORCED)
      }

      asked = performance.now()
      resolve(signal)
    }

    SIGNALS.forEach(signal => { process.on(signal, onSignal) })
  })
}
