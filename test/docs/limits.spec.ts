/**
 * docs/limits.md and the code say the same: every row's default is compared with what
 * it names, and every limit that the code declares has a row.
 */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'
import { schema } from '../../src/config/schema.ts'
import { RSS_BOUND } from '../hostile/rss.ts'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const text = readFileSync(root('docs/limits.md'), 'utf8')

interface Row {
  limit: string
  defaults: number[]
  file?: string
  names: string[]
}

const rows: Row[] = text.split('\n').filter((line) => /^\| (?!limit |-)/.test(line) && !line.startsWith('|---')).map((line) => {
  const [, limit, value, , setBy] = line.split('|').map((cell) => cell.trim())
  const [first, ...rest] = [...setBy.matchAll(/`([^`]+)`/g)].map((match) => match[1])
  const isFile = first.startsWith('src/')

  return {
    limit,
    defaults: value.replace(/ \(.*\)$/, '').split(' / ').map((number) => Number(number.replaceAll(',', ''))),
    file: isFile ? first : undefined,
    names: isFile ? rest : [first]
  }
})

/** A constant of a module: exported, or read off its source */
async function valueOf (file: string, name: string): Promise<number> {
  const [constant, member] = name.split('.')
  const exported = (await import(root(file)))[constant]

  if (exported != null) {
    return Number(member == null ? exported : exported[member])
  }

  const source = readFileSync(root(file), 'utf8')
  const literal = (member == null
    ? new RegExp(`const ${constant} = ([\\d_.* ]+)\\n`)
    : new RegExp(`const ${constant} = \\{[^}]*\\b${member}: ([\\d_.* ]+)`)).exec(source)?.[1]

  return literal == null ? NaN : literal.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1)
}

function configured (field: string): number {
  const [section, name] = field.split('.')
  const known = schema as unknown as { properties: Record<string, { properties: Record<string, { default: number }> }> }

  return known.properties[section]?.properties[name]?.default
}

/** Names that bound something, wherever they stand */
const BOUNDS = /^export const (MAX_\w+|\w+_LIMIT|\w+_RATE|\w+_GUESSES|\w+_FAILURES|\w+_OVERALL|\w+_PER_\w+) =/gm

/** Declared like limits, and none of what others control */
const NOT_LIMITS = new Set([
  // longest ids are told in bytes of the envelope; the prefix of a frame follows from its size
  'src/protocols/framing/decoder.ts MAX_PREFIX',
  'src/envelope/limits.ts MAX_PLAINTEXT',
  'src/envelope/limits.ts MAX_SEALED',
  'src/membership/limits.ts MAX_SIGNED_ENTRY',
  'src/membership/limits.ts MAX_SIGNED_RECORD',
  // the same limits as those of protocols/enroll, checked once more by who reads them
  'src/membership/enroll/request.ts MAX_REQUEST',
  'src/membership/enroll/answers.ts MAX_ANSWER',
  // how seldom the log speaks
  'src/protocols/enroll/constants.ts ENROLL_LOG_RATE'
])

describe('docs/limits.md', () => {
  it('has every default as the code has it', async () => {
    expect(rows.length).to.be.above(150)

    for (const { limit, defaults, file, names } of rows) {
      const values = await Promise.all(names.map(async (name) => file == null ? configured(name) : valueOf(file, name)))

      expect(defaults, `${limit}: ${file ?? ''} ${names.join(', ')}`).to.deep.equal(values)
    }
  })

  it('has every limit that the code declares', () => {
    const known = new Set(rows.flatMap(({ file, names }) => names.map((name) => `${file ?? ''} ${name.split('.')[0]}`)))
    const declared = globSync('src/**/*.ts', { cwd: root('.') })
      .filter((file) => !/\/pb\/|^src\/(cli|demo|lab|doctor)\//.test(file))
      .flatMap((file) => [...readFileSync(root(file), 'utf8').matchAll(BOUNDS)].map((match) => `${file} ${match[1]}`))

    expect(declared.length).to.be.above(80)
    expect(declared.filter((name) => !known.has(name) && !NOT_LIMITS.has(name))).to.deep.equal([])
  })

  it('says how much memory a daemon takes under attack', () => {
    expect(text).to.include(`**${RSS_BOUND / 1_048_576} MiB**`)
  })
})
