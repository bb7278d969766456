/**
 * Everything the installed program runs, dependencies included, in a few files: a thousand
 * modules take memory and time that their code does not.
 *
 * dist/bundle/main.js     the commands
 * dist/bundle/worker.js   the store's thread
 * dist/bundle/chunk-*.js  what some commands need and others not, and what both share
 * dist/bundle/LICENSES    of what is in them
 *
 * Usage: node scripts/bundle.js [DIRECTORY]
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')
const outdir = resolve(process.argv[2] ?? join(root, 'dist', 'bundle'))

/** The store's thread is in the bundle; all else that is found from where a module lies stays in dist/src */
const BESIDE = [join(src, 'store', 'open.ts')]

/** @type {import('esbuild').Plugin} */
const places = {
  name: 'places',
  setup (bundle) {
    bundle.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')

      if (!path.startsWith(src + sep) || BESIDE.includes(path) || !text.includes('import.meta.url')) {
        return
      }

      const place = `../src/${relative(src, path).split(sep).join('/').replace(/\.ts$/, '.js')}`

      return { contents: text.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`), loader: 'ts' }
    })
  }
}

rmSync(outdir, { recursive: true, force: true })

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts', worker: 'src/store/worker.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  // not minified: stack traces of an operator's log name functions and lines
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  plugins: [places],
  // what was CommonJS asks for Node's own modules this way
  banner: { js: 'import { createRequire as createRequireOfBundle } from \'node:module\'; const require = createRequireOfBundle(import.meta.url);' }
})

writeFileSync(join(outdir, 'LICENSES'), licenses(Object.keys(metafile.inputs)))

/** @param {string[]} inputs */
function licenses (inputs) {
  const packages = new Set(inputs.map(path => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(path => path != null))

  return [...packages].sort().map(path => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
    const files = readdirSync(join(root, path)).filter(file => /^(licen[cs]e|copying|notice)/i.test(file))

    return [`${name} ${version}: ${license}`, ...files.map(file => readFileSync(join(root, path, file), 'utf8').trim())].join('\n\n')
  }).join(`\n\n${'-'.repeat(80)}\n\n`)
}
