import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Installed {
  bin: string
  remove(): void
}

/** What `npm install` of the package would put there and the program runs: no sources in TypeScript, no dependencies */
export function install (): Installed {
  const temporary = mkdtempSync(join(tmpdir(), 'beam-installed-'))
  const dir = join(temporary, 'node_modules', 'beam-node')

  mkdirSync(dir, { recursive: true })
  execFileSync(process.execPath, [join(root, 'scripts', 'bundle.js'), join(dir, 'dist', 'bundle')], { stdio: ['ignore', 'ignore', 'inherit'] })

  for (const file of ['package.json', 'src/cli/bin.js', 'src/cli/check-node.js', 'src/cli/entry.js']) {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    cpSync(join(root, file), join(dir, file))
  }

  return { bin: join(dir, 'src', 'cli', 'bin.js'), remove: () => { rmSync(temporary, { recursive: true }) } }
}
