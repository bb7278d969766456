/**
 * Runs before `npm run demo`, `npm test` and their like: installs what the lock
 * file names, only if it is not there yet, and makes sure that the scripts then
 * run on the pinned Node, whatever Node the machine has.
 *
 * Plain JavaScript without dependencies: it must run on Node 20 before anything
 * is installed.
 *
 * Usage: node scripts/ensure-installed.js [--dev]
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Oldest Node that the code runs on, as in package.json's engines */
const OLDEST = [22, 19]

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const wantDev = process.argv.includes('--dev')
const pinned = join(root, 'node_modules', '.bin', 'node')

const missing = firstMissing()

if (missing != null) {
  say(`installing dependencies with npm ci${wantDev ? ', development tools included (about 800 MB, a minute or two)' : ' (about 250 MB, some seconds)'}: ${missing}`)
  install()

  const still = firstMissing()
  if (still != null) {
    fail(`npm ci ended well but ${still}. Delete the folder node_modules and try again`)
  }
}

checkNode()

/**
 * Compares the lock file with what npm says it installed; names the first
 * package that is not there. Optional ones (other platforms) do not count.
 */
function firstMissing () {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'))

  if (wanted == null) {
    fail('package-lock.json is missing or damaged: restore it, for example with git checkout package-lock.json')
  }

  if (installed == null) {
    return 'there is no finished node_modules yet'
  }

  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional || entry.devOptional || (entry.dev && !wantDev)) {
      continue
    }

    if (installed[path]?.version !== entry.version || !existsSync(join(root, path, 'package.json'))) {
      return `${path.replace(/^.*node_modules\//, '')} ${entry.version} is not installed`
    }
  }
}

/** @param {string} file */
function readPackages (file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    // absent or cut off by an interrupted install: the caller says what that means
  }
}

/**
 * No install script is needed by anything we use, so none is run. What npm
 * prints goes to stderr: a command's own output, for example one JSON object,
 * stays alone on stdout.
 */
function install () {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-engine-strict', '--loglevel=error', '--include=optional', wantDev ? '--include=dev' : '--omit=dev']
  const npm = process.env.npm_execpath
  const [command, first] = npm != null && /npm-cli\.[cm]?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []]
  const { status, error } = spawnSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 2, 2] })

  if (error != null) {
    fail(`npm could not be started (${error.message}): install npm, then run npm ci${wantDev ? '' : ' --omit=dev'} here`)
  }

  if (status !== 0) {
    fail('npm ci failed, its reason stands above. Is the registry reachable (npm ping), and is there 1 GB of free space?')
  }
}

/**
 * npm puts node_modules/.bin first on the PATH of its scripts, so a working
 * `node` there is the one that runs. Where there is none for the platform, or it
 * does not run (musl), the machine's own Node does if it is new enough.
 */
function checkNode () {
  const oldest = OLDEST.join('.')
  const version = existsSync(pinned) ? versionOf(pinned) : undefined

  if (version != null && isNewEnough(version)) {
    return
  }

  if (existsSync(pinned)) {
    // it would hide the machine's own Node
    rmSync(pinned)
  }

  const own = versionOf('node', withoutBin(process.env.PATH ?? ''))

  if (own != null && isNewEnough(own)) {
    say(`there is no pinned Node that runs on ${process.platform}-${process.arch}: using this machine's ${own}`)
    return
  }

  fail(`beam-node needs Node ${oldest} or newer and found ${own ?? 'none'}; the pinned one for ${process.platform}-${process.arch} is not installed or does not run here. ` +
    'If npm was told to leave out optional packages, run npm ci --include=optional; else install Node 24 from https://nodejs.org or with your package manager')
}

/**
 * @param {string} command
 * @param {string} [path]
 */
function versionOf (command, path = process.env.PATH) {
  try {
    return execFileSync(command, ['--version'], { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, PATH: path, NODE_OPTIONS: '' } }).trim()
  } catch {
    // not there, or built for another system: undefined says so
  }
}

/** @param {string} path */
function withoutBin (path) {
  return path.split(':').filter(dir => !dir.endsWith(join('node_modules', '.bin'))).join(':')
}

/** @param {string} version */
function isNewEnough (version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)

  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** @param {string} line */
function say (line) {
  process.stderr.write(`beam-node: ${line}\n`)
}

/**
 * @param {string} line
 * @returns {never}
 */
function fail (line) {
  say(`${line}.`)
  process.exit(1)
}
