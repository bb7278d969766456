import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { COMMANDS } from '../../src/cli/cmds/index.ts'
import { EXIT_CODES, exitCodeOf } from '../../src/cli/exit-codes.ts'
import { FIELDS } from '../../src/config/fields.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { getPath } from '../../src/config/paths.ts'

const read = async (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Between daemons, said to apps only, or faults of this program: a command that ends with one has met a bug, exit code 1 */
const NEVER_SEEN = ['CIRCUIT_ENDED', 'RELAY_REFUSED', 'FRAME', 'STREAM_CUT', 'SYNC_REFUSED', 'STORE_CLOSED', 'STORE_MISUSE', 'TOO_LARGE']

describe('cli: the documents say what the program does', () => {
  it('has THE table of exit codes', async () => {
    const rows = [...(await read('docs/cli.md')).matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)].map(([, exit, meaning, errors]) => ({
      exit: Number(exit),
      meaning,
      errors: [...errors.matchAll(/`(\w+)`/g)].map(([, code]) => code)
    }))

    expect(rows).to.deep.equal(EXIT_CODES)
    expect(new Set(EXIT_CODES.map(({ exit }) => exit))).to.have.property('size', EXIT_CODES.length)
    expect(['INVALID_INPUT', 'NOT_RUNNING', 'REFUSED', 'UNREACHABLE', 'whatever'].map(exitCodeOf)).to.deep.equal([2, 3, 4, 5, 1])
  })

  it('knows the code of every error that can end a command', async () => {
    const root = new URL('../../src/', import.meta.url)
    const files = (await readdir(root, { recursive: true })).filter(name => name.endsWith('.ts'))
    const sources = await Promise.all(files.map(async name => readFile(new URL(name, root), 'utf8')))
    const codes = sources.flatMap(source => [
      ...source.matchAll(/super\('([A-Z][A-Z_]+)'/g),
      ...source.matchAll(/new BeamError\('([A-Z][A-Z_]+)'/g),
      ...source.matchAll(/\| '(STORE_[A-Z]+)'/g)
    ]).map(([, code]) => code)

    expect(codes).to.include.members(['INVALID_INPUT', 'NOT_RUNNING', 'STORE_NEWER'])
    expect([...new Set(codes)].filter(code => exitCodeOf(code) === 1 && !NEVER_SEEN.includes(code))).to.deep.equal([])
  })

  it('lists every command with an example', async () => {
    const text = await read('docs/cli.md')

    for (const { usage, examples } of COMMANDS) {
      const words = usage.split(' ').filter(word => !word.startsWith('<')).join(' ')

      expect(text).to.match(new RegExp(`^\\| \`${usage}\` \\| .+ \\| \`beam-node ${words}`, 'm'))
      expect(examples).to.not.be.empty()
      examples.forEach(example => { expect(example.startsWith(words), example).to.equal(true) })
    }
  })

  it('lists every field with its names', async () => {
    const text = await read('docs/configuration.md')

    for (const { path, env, flag, description } of FIELDS) {
      expect(text).to.match(new RegExp(`^\\| \`${path.replace('.', '\\.')}\` \\| .* \\| \`${env}\` \\| \`--${flag}\` \\|`, 'm'))
      expect(text).to.include(description)
    }
  })

  it('has an example configuration that holds the defaults', async () => {
    const file = new URL('../../config/config.example.yaml', import.meta.url).pathname
    const { config, sources } = await loadConfig({ dir: '/nowhere', file, env: {} })

    for (const field of FIELDS.filter(field => field.default !== undefined)) {
      expect(getPath(config, field.path), field.path).to.deep.equal(field.default)
      expect(sources[field.path], field.path).to.equal('file')
    }
  })
})
