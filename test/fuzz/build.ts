import { mkdirSync, writeFileSync } from 'node:fs'
import { build as bundle } from 'esbuild'
import { createInstrumenter } from 'istanbul-lib-instrument'

/** Global variable in which the bundle counts */
export const COUNTERS = '__fuzz_counters__'

/** Inside the project: the bundle imports its packages from there */
const OUT = new URL('../../node_modules/.cache/fuzz/', import.meta.url)

/** All targets and our code below them as one module that counts what it runs; returns its path */
export async function build (): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [new URL('targets/index.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // libraries are not what is tested: counting in them would only slow it down
    packages: 'external'
  })
  const instrumenter = createInstrumenter({ esModules: true, compact: false, produceSourceMap: false, coverageVariable: COUNTERS })
  const path = new URL('targets.mjs', OUT).pathname

  mkdirSync(OUT, { recursive: true })
  writeFileSync(path, instrumenter.instrumentSync(outputFiles[0].text, path))

  return path
}
