/**
 * Every test that needs the laboratory, as root:
 *
 * npm run test:netlab                      what .ci/run does, timers scaled down
 * npm run test:netlab -- --long --seed 7   the faults at full length
 * npm run test:netlab -- --grep NAT        some of them
 *
 * Any further argument is one for mocha. Two files at a time: most of the time is spent
 * waiting for what must not happen.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { whyNoLab } from './available.ts'

const MOCHA = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'))
const FILES = 'test/**/*.lab.spec.ts'

const args = process.argv.slice(2)
const long = args.includes('--long')
const at = args.indexOf('--seed')
const seed = at < 0 ? String(Date.now() % 1_000_000) : args[at + 1]
const rest = args.filter((arg, index) => arg !== '--long' && (at < 0 || (index !== at && index !== at + 1)))
const env = { ...process.env, NETLAB: long ? 'long' : 'short', NETLAB_SEED: seed }

Object.assign(process.env, env)
const reason = whyNoLab()

if (reason != null) {
  process.stderr.write(`the laboratory was not built: it ${reason}\n`)
  process.exit(2)
}

process.stdout.write(`seed ${seed}; the same decisions again: npm run test:netlab -- --seed ${seed}${long ? ' --long' : ''}\n`)

const mocha = spawn(process.execPath, [MOCHA, '--timeout', '60000', '--parallel', '--jobs', '2', ...rest.some(arg => arg.endsWith('.ts')) ? [] : [FILES], ...rest], { env, stdio: 'inherit' })

mocha.once('exit', (code, signal) => { process.exitCode = signal == null ? code ?? 1 : 1 })
