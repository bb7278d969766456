/**
 * Generates `pb/*.ts` from every `.proto` below `src/`.
 *
 * protons emits TypeScript namespaces, which are not erasable: Node cannot run
 * them by stripping types. Each namespace only carries a codec and two
 * functions, so it is rewritten as a constant with the same members. `.proto`
 * files therefore use no enums (integers with documented values instead).
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'

const files = globSync('src/**/pb/*.proto').sort()

for (const file of files) {
  execFileSync('node_modules/.bin/protons', [file], { stdio: 'inherit' })
  const out = file.replace(/\.proto$/, '.ts')
  writeFileSync(out, erasable(readFileSync(out, 'utf8'), file))
}

/**
 * @param {string} source
 * @param {string} file
 */
function erasable (source, file) {
  const lines = []
  let name = ''
  let skipping = false

  for (const line of source.split('\n')) {
    if (/^export enum |^ {2}export enum /.test(line)) {
      throw new Error(`${file}: enums are not erasable, use an integer`)
    }

    const open = /^export namespace (\w+) \{$/.exec(line)
    if (open != null) {
      name = open[1]
      lines.push(`export const ${name} = (() => {`)
      continue
    }

    if (name === '') {
      lines.push(line)
      continue
    }

    // the streaming decoder and its event types are not used here
    if (/^ {2}export (interface|function stream) ?/.test(line)) {
      skipping = true
    }

    if (skipping) {
      skipping = line !== '  }'
      continue
    }

    if (line === '}') {
      lines.push('  return { codec, encode, decode }', '})()')
      name = ''
      continue
    }

    lines.push(line.replace(/^ {2}export (const|function) /, '  $1 '))
  }

  return '/* eslint-disable */\n' + lines.join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\n\n {2}return \{ codec/g, '\n\n  return { codec')
    .replace('import { decodeMessage, encodeMessage, message, streamMessage }', 'import { decodeMessage, encodeMessage, message }')
    .replace(/, streamMessage\b/, '')
}
