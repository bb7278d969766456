/**
 * Every test that needs the laboratory, as root:
 *
 * npm run test:netlab                      what .ci/run does, timers scaled down
 * npm run test:netlab -- --long --seed 7   the faults at full length
 * npm run test:netlab -- --grep NAT        some of them
 *
 * Any further argument is one for mocha. Two files at a time, each in a process of its own:
 * most of the time is spent waiting for what must not happen. A file is told when it is
 * through; one that is not within its time is ended, with what it had printed. All of it is
 * real time on processors that others use too: a file that failed is run once more, with
 * nothing beside it, and both are told.
 */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { whyNoLab } from './available.ts'

const MOCHA = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'))
const AT_ONCE = 2

/** Those that take longest begin first */
const LONGEST = ['test/netlab/faults.lab.spec.ts', 'test/netlab/doctor-way-out.lab.spec.ts']

/** Longest time for one file, s; the longest of them takes 75, on very busy processors 80 */
const SHORT = 150
const LONG = 1_800

const args = process.argv.slice(2)
const long = args.includes('--long')
const at = args.indexOf('--seed')
const seed = at < 0 ? String(Date.now() % 1_000_000) : args[at + 1]
const rest = args.filter((arg, index) => arg !== '--long' && (at < 0 || (index !== at && index !== at + 1)))
const env = { ...process.env, NETLAB: long ? 'long' : 'short', NETLAB_SEED: seed }
const limit = long ? LONG : SHORT

Object.assign(process.env, env)
const reason = whyNoLab()

if (reason != null) {
  process.stderr.write(`the laboratory was not built: it ${reason}\n`)
  process.exit(2)
}

process.stdout.write(`seed ${seed}; the same decisions again: npm run test:netlab -- --seed ${seed}${long ? ' --long' : ''}\n`)

const named = rest.filter(arg => arg.endsWith('.ts'))
const options = rest.filter(arg => !arg.endsWith('.ts'))
const found = named.length > 0 ? named : globSync('test/**/*.lab.spec.ts').sort()
const queue = [...LONGEST.filter(file => found.includes(file)), ...found.filter(file => !LONGEST.includes(file))]
const count = queue.length
const again: string[] = []
const failed: string[] = []

/** Whether the tests of a file passed; what they print comes at once when it is through */
async function run (file: string): Promise<boolean> {
  const begin = Date.now()
  const mocha = spawn(process.execPath, [MOCHA, '--timeout', '60000', '--exit', ...options, file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => { mocha.kill('SIGTERM') }, limit * 1_000)
  const hard = setTimeout(() => { mocha.kill('SIGKILL') }, limit * 1_000 + 5_000)
  const printed: Buffer[] = []

  mocha.stdout.on('data', chunk => { printed.push(chunk) })
  mocha.stderr.on('data', chunk => { printed.push(chunk) })

  // 'exit', not 'close': something that it started and that is still there must not hold us up
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve => { mocha.once('exit', (...ended) => { resolve(ended) }) })

  clearTimeout(timer)
  clearTimeout(hard)
  const seconds = Math.round((Date.now() - begin) / 1_000)
  const how = code === 0 ? 'ok' : seconds >= limit ? `ENDED AFTER ${limit} s` : `FAILED (${signal ?? code})`
  process.stdout.write(`${Buffer.concat(printed).toString()}${file}: ${how}, ${seconds} s\n`)

  return code === 0
}

async function work (): Promise<void> {
  for (let file = queue.shift(); file != null; file = queue.shift()) {
    if (!await run(file)) {
      again.push(file)
    }
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work))

for (const file of again) {
  process.stdout.write(`\n${file} FAILED; once more, alone:\n`)

  if (!await run(file)) {
    failed.push(file)
  }
}

const told = [failed.length > 0 ? `not ${failed.join(', ')}` : '', again.length > 0 ? `at the first try not ${again.join(', ')}` : ''].filter(part => part !== '')
process.stdout.write(`${[`${count - failed.length} of ${count} files passed`, ...told].join('; ')}\n`)
process.exit(failed.length > 0 || count === 0 ? 1 : 0)
