/** Simulates whatever seed it is told, until it is told none. */
import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from './kit/simulation.ts'

parentPort?.on('message', (seed: string | null) => {
  if (seed == null) {
    parentPort?.close()

    return
  }

  simulate({ seed, ...workerData }).then(
    (report) => { parentPort?.postMessage(report) },
    // a simulation that does not come to its end is broken, too
    (error) => { parentPort?.postMessage({ seed, violations: [`comes to its end: ${String(error)}`], tasks: 0, answers: 0, versions: 0, kills: 0, cuts: 0, jumps: 0, virtual: 0, fingerprint: '' }) }
  )
})
