import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { controlClient } from '../../src/control/client.ts'
import { startLab } from '../../src/lab/start-lab.ts'
import { Honest } from './honest.ts'
import { HostileMember } from './member.ts'
import { peakRssOf, RSS_BOUND, rssOf } from './rss.ts'
import type { Tally } from './honest.ts'
import type { Lab, LabSite } from '../../src/lab/index.ts'

const KEY = 'secret-of-the-hostile-test'

/** `--full`, or HOSTILE_FULL=1: the volumes that take minutes */
export const FULL = process.env.HOSTILE_FULL === '1' || process.argv.includes('--full')

/** Volumes of the suite, and by hand */
export const volume = (inCi: number, full: number): number => FULL ? full : inCi

/**
 * A flood may last so long, ms: what is worth nothing is read at a pace of 200 a second,
 * so that a million of it would take an hour and a half (`--hours`)
 */
const LONGEST = process.env.HOSTILE_HOURS === '1' ? 7_200_000 : 180_000

/** Sends `count` times, or as often as the longest time of a flood allows; returns how often that was */
export async function flood (count: number, send: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + LONGEST
  let sent = 0

  while (sent < count && performance.now() < end) {
    await send()

    // the flood is his; this process also plays the honest apps
    if (++sent % 64 === 0) {
      await sleep(0)
    }
  }

  return sent
}

/** Two honest daemons as processes, apps that work, and one member that is not honest */
export class Stage {
  readonly lab: Lab
  readonly member: HostileMember
  honest: Honest

  private constructor (lab: Lab, member: HostileMember) {
    this.lab = lab
    this.member = member
    this.honest = this.#employ()
  }

  static async set (): Promise<Stage> {
    const lab = await startLab({
      network: 'hostile',
      sites: [{ name: 'north', apiPort: 0 }, { name: 'south', apiPort: 0 }],
      apps: [{ name: 'ask', key: KEY }, { name: 'work', key: KEY }, { name: 'greedy', key: KEY }]
    })

    try {
      const member = await HostileMember.join(lab.sites[0].dir, 'evil')
      const stage = new Stage(lab, member)

      await member.linked(stage.victim.id)
      await stage.honest.during(async () => undefined, 1_000)

      return stage
    } catch (error) {
      await lab.stop()
      throw error
    }
  }

  get north (): LabSite {
    return this.lab.sites[0]
  }

  /** South: its worker works for north, and the hostile member is after it */
  get victim (): LabSite {
    return this.lab.sites[1]
  }

  /** TCP port that others reach the victim at */
  async port (): Promise<number> {
    const { addresses } = await controlClient(this.victim.dir).status()

    return Number(/\/tcp\/(\d+)/.exec(addresses.join(' '))?.[1])
  }

  async api (app: string, path: string): Promise<{ status: number, text: string }> {
    const response = await fetch(this.victim.api + path, { headers: this.key(app) })

    return { status: response.status, text: await response.text() }
  }

  key (app: string): { authorization: string } {
    return { authorization: `ApiKey ${app}.${this.victim.id} ${KEY}` }
  }

  /**
   * Runs an attack beside honest work and prints how it went, with the number that it returns.
   *
   * @throws {Error} when a daemon died or took more memory than it may
   */
  async attack (name: string, work: () => Promise<unknown>): Promise<Tally> {
    let done: unknown
    // what the machine gives at this moment, without the attack
    const { rate: quiet } = await this.honest.during(async () => undefined, 1_500)
    const tally = await this.honest.during(async () => { done = await work() }, 1_500)
    const rss = rssOf(this.victim.pid)

    process.stdout.write(`      ${name}${typeof done === 'number' ? ` (${done} sent)` : ''}: ${tally.done} honest round trips, ${tally.rate.toFixed(0)}/s (${(tally.rate / quiet).toFixed(2)} of quiet ${quiet.toFixed(0)}/s), slowest ${tally.slowest.toFixed(0)} ms, RSS ${mib(rss)}, peak ${mib(peakRssOf(this.victim.pid))}\n`)

    if (tally.done === 0) {
      throw new Error(`no honest work was done during: ${name}`)
    }

    this.checkMemory()

    return tally
  }

  checkMemory (): void {
    for (const { id, pid } of this.lab.sites) {
      if (peakRssOf(pid) > RSS_BOUND) {
        throw new Error(`${id} took ${mib(peakRssOf(pid))}, more than ${mib(RSS_BOUND)}`)
      }
    }
  }

  /** Errors that the victim logged: an attack must not be one */
  errors (): string[] {
    const file = join(this.victim.dir, 'daemon.log')

    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line.includes('"level":"error"') || line.includes('"level":"fatal"')) : []
  }

  /** After a restart the API has another port */
  async restart (between: () => Promise<void> = async () => undefined): Promise<void> {
    await this.honest.stop()
    await this.lab.kill(this.victim.id, 'SIGKILL')
    await between()
    await this.lab.restart(this.victim.id)
    this.honest = this.#employ()
    await this.member.linked(this.victim.id)
  }

  #employ (): Honest {
    return new Honest({ asks: this.north.api, works: this.victim.api, asker: `ask.${this.north.id}`, worker: `work.${this.victim.id}`, key: KEY })
  }

  async end (): Promise<void> {
    try {
      await this.honest.stop()
    } finally {
      await this.member.end()
      await this.lab.stop()
    }
  }
}

function mib (bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`
}
