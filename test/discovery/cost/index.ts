/**
 * What it costs to be there, and how soon others are found:
 *
 * npm run bench:discovery                          look-ups among 50 sites, then an idle hour of 10 and of 50, computed for 1,000
 * npm run bench:discovery -- --idle '' --sites 50  look-ups alone
 * npm run bench:discovery -- --sites 0 --idle 10   the cost alone
 *
 * A fleet is real daemons' networks in this process, one site in five can be dialled. Bytes are
 * counted by the kernel, in a network namespace of the fleet's own: that needs root.
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureDial } from './dial.ts'
import { measureLookUps } from './look-ups.ts'
import { measureIdle } from './measure.ts'
import { model, unitsOf } from './model.ts'
import { renderIdle, renderLookUps, renderModel } from './render.ts'
import type { Idle } from './measure.ts'

/** Set in the namespace */
const INSIDE = 'BEAM_DISCOVERY_NAMESPACE'

/** One site in so many can be dialled */
const LISTENS = 5

/** Before anything is counted, ms */
const SETTLE = 60_000

const { values } = parseArgs({
  options: {
    sites: { type: 'string', default: '50' },
    idle: { type: 'string', default: '10,50' },
    minutes: { type: 'string', default: '12' },
    computed: { type: 'string', default: '1000' },
    'max-links': { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false }
  }
})

const onProgress = (line: string): void => { process.stderr.write(`${line}\n`) }
const split = (sites: number): { servers: number, clients: number } => ({ servers: Math.max(1, Math.round(sites / LISTENS)), clients: sites - Math.max(1, Math.round(sites / LISTENS)) })
const [sites, minutes, computed, maxLinks, seed] = [values.sites, values.minutes, values.computed, values['max-links'], values.seed].map(text => number(text))
const sizes = values.idle.split(',').filter(text => text !== '').map(number)

if (process.env[INSIDE] == null && sizes.length > 0) {
  const inside = spawnSync('unshare', ['--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"', process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { env: { ...process.env, [INSIDE]: 'yes' }, stdio: 'inherit' })

  if (inside.error != null) {
    process.stderr.write(`bytes are counted in a network namespace, which needs Linux, root and unshare: ${inside.error.message}\n`)
  }

  process.exit(inside.status ?? 2)
}

const lookUps = sites === 0 ? [] : await measureLookUps({ ...split(sites), onProgress })
const idle: Idle[] = []

for (const size of sizes) {
  onProgress(`idle: ${size} sites`)
  idle.push(await measureIdle({ ...split(size), maxLinks, settle: SETTLE, during: minutes * 60_000, onProgress }))
}

const largest = idle.at(-1)
const dial = largest == null ? undefined : await measureDial()
const units = largest == null || dial == null || computed === 0 ? undefined : unitsOf(largest, dial)
const large = units == null ? undefined : { ...split(computed), sites: computed, maxLinks, seed, units, ...model({ sites: computed, servers: split(computed).servers, maxLinks, seed }, units) }

if (largest != null && computed > 0 && units == null) {
  onProgress(`nothing was asked of the DHT within ${minutes} min, so ${computed} sites cannot be computed: --minutes 30 counts for longer`)
}

if (values.json) {
  process.stdout.write(`${JSON.stringify({ lookUps, idle, dial, large })}\n`)
} else {
  process.stdout.write(`
${cpus()[0]?.model ?? ''}, ${availableParallelism()} cores, Node ${process.version}; load ${loadavg()[0].toFixed(1)}; seed ${seed}, at most ${maxLinks} links without a reason
${lookUps.length === 0 ? '' : `\n${renderLookUps(lookUps)}\n`}${idle.map(one => `\n${renderIdle(one)}\n`).join('')}${large == null ? '' : `\n${renderModel(large)}\n`}`)
}

// what libp2p keeps must not hold the process
process.exit()

function number (text: string): number {
  const value = Number(text)

  if (!(value >= 0 && value <= 1_000_000)) {
    process.stderr.write(`must be a number, not ${JSON.stringify(text)}\n`)
    process.exit(2)
  }

  return value
}
