import { install } from '../../scripts/installed.ts'
import { busyWarning } from '../busy.ts'
import { readFlags, thisMachine } from '../flags.ts'
import { renderTable } from '../render.ts'
import { renderFigures } from './figure.ts'
import { runNetwork } from './run.ts'

/** `npm run bench -- network`: under five minutes on two cores that nobody else uses */
export async function network (args: string[]): Promise<void> {
  const { numbers, json } = readFlags(args, 'npm run bench -- network', {
    rounds: { default: 3, quick: 1, least: 1, most: 100 },
    seconds: { default: 2, quick: 1, least: 1, most: 60 },
    'in-flight': { default: 64, quick: 16, least: 1, most: 512 },
    mail: { default: 500, quick: 100, least: 0, most: 10_000 },
    sites: { default: 16, quick: 8, least: 0, most: 50 },
    mib: { default: 256, quick: 128, least: 0, most: 65_536 },
    hospitals: { default: 8, quick: 4, least: 0, most: 30 },
    seed: { default: Date.now() % 1_000_000, least: 0, most: 1_000_000 }
  })
  const { rounds, seconds, 'in-flight': inFlight, mail, sites, mib, hospitals, seed } = numbers
  const machine = thisMachine()
  const busy = busyWarning()
  const onProgress = (line: string): void => { process.stderr.write(`${line}\n`) }
  const { bin, remove } = install()

  try {
    const { measured, figures, ratios } = await runNetwork({ rounds, seconds, inFlight, mail, sites, mib, hospitals, seed, bin, onProgress })

    if (json) {
      process.stdout.write(`${JSON.stringify({ machine, busy, ...numbers, measured, figures, ratios })}\n`)
    } else {
      process.stdout.write(`
${machine}; ${rounds} rounds of ${seconds} s, 1 KiB bodies; min / median / max
${busy == null ? '' : `${busy}\n`}
${renderTable(measured)}

${renderFigures([...ratios, ...figures])}
`)
    }
  } finally {
    remove()
  }
}
