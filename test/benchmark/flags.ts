import { arch, availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'

export interface WholeNumber {
  default: number
  /** With --quick. @default the same */
  quick?: number
  least: number
  most: number
}

export interface Flags<N extends string> {
  numbers: Record<N, number>
  quick: boolean
  json: boolean
}

/** Whole numbers by name, --quick and --json; ends the process with a word when it is asked for help or cannot understand */
export function readFlags<N extends string> (args: string[], command: string, wanted: Record<N, WholeNumber>): Flags<N> {
  const entries = Object.entries(wanted) as Array<[N, WholeNumber]>
  const usage = `${command} ${entries.map(([name, { least, most }]) => `[--${name} ${least}..${most}]`).join(' ')} [--quick] [--json]\n`

  try {
    const { values } = parseArgs({ args, options: { ...Object.fromEntries(entries.map(([name]) => [name, { type: 'string' as const }])), quick: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } } })
    const given = values as Record<string, string | boolean | undefined>

    if (given.help === true) {
      process.stdout.write(usage)
      process.exit(0)
    }

    return {
      numbers: Object.fromEntries(entries.map(([name, one]) => [name, numberOf(name, one, given[name], given.quick === true)])) as Record<N, number>,
      quick: given.quick === true,
      json: given.json === true
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`)
    process.exit(2)
  }
}

function numberOf (name: string, { default: usual, quick = usual, least, most }: WholeNumber, given: string | boolean | undefined, isQuick: boolean): number {
  const value = given == null ? (isQuick ? quick : usual) : Number(given)

  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new Error(`--${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(given)}`)
  }

  return value
}

export function thisMachine (): string {
  return `${cpus()[0]?.model ?? arch()}, ${availableParallelism()} cores, Node ${process.version}`
}
