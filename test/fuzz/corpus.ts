import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const CORPUS = new URL('corpus/', import.meta.url)
const FINDINGS = new URL('findings/', import.meta.url)

/** Larger inputs are not worth their place in the repository, bytes */
const MAX_KEPT = 2_048

/** Most inputs kept for one target in one go */
const MAX_NEW = 120

const nameOf = (input: Uint8Array): string => createHash('sha256').update(input).digest('hex').slice(0, 16)

export function loadCorpus (target: string): Uint8Array[] {
  const dir = new URL(`${target}/`, CORPUS)

  return existsSync(dir) ? readdirSync(dir).sort().map(file => new Uint8Array(readFileSync(new URL(file, dir)))) : []
}

function save (dir: URL, input: Uint8Array): string {
  const path = new URL(nameOf(input), dir).pathname

  mkdirSync(dir, { recursive: true })
  writeFileSync(path, input)

  return path
}

export function keep (target: string, inputs: Uint8Array[]): void {
  for (const input of inputs.filter(({ byteLength }) => byteLength <= MAX_KEPT).slice(0, MAX_NEW)) {
    save(new URL(`${target}/`, CORPUS), input)
  }
}

/** Returns where the input now lies */
export function saveFinding (target: string, input: Uint8Array): string {
  return save(new URL(`${target}/`, FINDINGS), input)
}
