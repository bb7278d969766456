/** `npm run test:hostile [-- --full [--hours]]`: the hostile tests by hand, with rates; `--full` takes the large volumes, `--hours` all of them */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const full = process.argv.includes('--full')
const child = spawn(process.execPath, [root('node_modules/mocha/bin/mocha.js'), '--timeout', '7200000', ...globSync('test/hostile/*.spec.ts', { cwd: root('.') })], {
  cwd: root('.'),
  env: { ...process.env, HOSTILE_FULL: full ? '1' : '0', HOSTILE_HOURS: process.argv.includes('--hours') ? '1' : '0' },
  stdio: 'inherit'
})

child.on('exit', (code) => { process.exitCode = code ?? 1 })
