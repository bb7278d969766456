import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { INTERNET, ip, namespaceOf } from './build.ts'
import { must } from './command.ts'
import { spawnIn } from './process.ts'
import type { Gateway } from './gateway.ts'
import type { Spawned } from './process.ts'

const SOURCE = fileURLToPath(new URL('./wire.c', import.meta.url))

export interface Wire {
  /** Part of the packets that is lost, each way, 0 to 1. @default 0 */
  loss?: number
  /** Part that comes twice. @default 0 */
  duplicate?: number
  /** Part that overtakes those before it. @default 0 */
  reorder?: number
  /** Each way, ms. @default 0 */
  delay?: number
  /** The delay is this much more or less, ms. @default 0 */
  jitter?: number
  /** Of the decisions. @default 1 */
  seed?: number
}

/**
 * The bad cable between a gateway and the internet:
 *
 * ```
 *  gateway ─ wan ═ wN ─ wire (a process) ─ xN ═ yN ─ bridge
 * ```
 */
export class Cable {
  readonly #lab: string
  readonly #directory: string
  readonly #gateway: Gateway
  #process?: Spawned

  constructor (lab: string, directory: string, gateway: Gateway) {
    this.#lab = lab
    this.#directory = directory
    this.#gateway = gateway
  }

  /** Puts it in, with these faults; another one replaces it */
  async put (wire: Wire): Promise<void> {
    await this.remove()

    const { loss = 0, duplicate = 0, reorder = 0, delay = 0, jitter = 0, seed = 1 } = wire
    const { number } = this.#gateway.site
    const internet = namespaceOf(this.#lab, INTERNET)
    const program = await compiled(this.#directory)

    await ip([
      `link add x${number} type veth peer name y${number}`,
      `link set x${number} up`,
      `link set y${number} up`
    ], internet)
    await must('ip', ['netns', 'exec', internet, program, 'plain', `w${number}`, `x${number}`, `y${number}`])
    await must('ip', ['netns', 'exec', this.#gateway.namespace, program, 'plain', 'wan'])
    this.#process = spawnIn(internet, program, ['carry', `w${number}`, `x${number}`, ...[seed, loss, duplicate, reorder, delay, jitter].map(String)])
    await this.#process.line()
    // not a moment on both ways
    await ip([`link set w${number} nomaster`, `link set y${number} master internet`], internet)
  }

  /** A good one again */
  async remove (): Promise<void> {
    if (this.#process == null) {
      return
    }

    const { number } = this.#gateway.site

    this.#process.kill('SIGKILL')
    await this.#process.ended
    this.#process = undefined
    await ip([`link del x${number}`, `link set w${number} master internet`], namespaceOf(this.#lab, INTERNET))
  }
}

const programs = new Map<string, Promise<string>>()

/** Once a lab */
async function compiled (directory: string): Promise<string> {
  const program = programs.get(directory) ?? promisify(execFile)('cc', ['-O2', '-Wall', '-o', join(directory, 'wire'), SOURCE]).then(() => join(directory, 'wire'))

  programs.set(directory, program)

  return program
}
