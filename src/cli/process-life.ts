const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Exit code of a process that was told twice to end; also in exit-codes.ts */
const FORCED = 130

/** Resolves with the first SIGINT or SIGTERM; the second one ends the process at once */
export async function terminationSignal (): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) {
        process.stderr.write('told twice: ending at once, without draining\n')
        process.exit(FORCED)
      }

      asked = true
      resolve(signal)
    }

    SIGNALS.forEach(signal => { process.on(signal, onSignal) })
  })
}
