import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// a directory of the user's own: the default is shared by all users of the machine
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'beam-node')

if (process.env.NODE_DISABLE_COMPILE_CACHE == null && process.env.NODE_COMPILE_CACHE == null) {
  enableCompileCache(cache)
}

const here = fileURLToPath(import.meta.url)

function whereIsMain () {
  // compiled, beside this file
  const compiled = existsSync(join(dirname(here), 'main.js'))

  // Node runs TypeScript from a source tree, but not from below node_modules
  if (!compiled && !/[/\\]node_modules[/\\]/.test(here)) {
    return './main.ts'
  }

  // the same in a few files starts in half the time and takes less memory
  const bundle = compiled ? '../../bundle/main.js' : '../../dist/bundle/main.js'

  if (existsSync(join(dirname(here), bundle))) {
    return bundle
  }

  return compiled ? './main.js' : '../../dist/src/cli/main.js'
}

/** A process whose command is done and that something holds is ended after this, ms */
const LINGER = 100

// whoever read this went away, as head(1) does: no reason to end in the middle of the work
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', err => {
    if (err.code !== 'EPIPE') {
      throw err
    }
  })
}

/** @type {typeof import('./main.ts')} */
const { run } = await import(whereIsMain())

process.exitCode = await run(process.argv.slice(2))

// the work is done; libp2p has a timer of a second that nobody can stop
setTimeout(() => { process.exit() }, LINGER).unref()
