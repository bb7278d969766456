import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The islands, one site each: every site holds its own rows and no others */
export const ISLANDS = ['torgersen', 'biscoe', 'dream'] as const

export type Island = typeof ISLANDS[number]

/** Path of an island's rows; source and licence stand in data/SOURCE.md */
export function dataOf (island: Island): string {
  const beside = new URL(`./data/${island}.csv`, import.meta.url)

  // compiled to dist/, the rows stay where the sources are
  return fileURLToPath(existsSync(beside) ? beside : new URL(`../../../src/demo/data/${island}.csv`, import.meta.url))
}

export async function readRows (island: Island): Promise<Array<Record<string, string>>> {
  const [header, ...lines] = (await readFile(dataOf(island), 'utf8')).trim().split('\n').map(line => line.split(','))

  return lines.map(cells => Object.fromEntries(header.map((name, index) => [name, cells[index]])))
}

/** All rows in one place, which in real life nobody may have: only to compare with */
export async function readAllRows (): Promise<Array<Record<string, string>>> {
  return (await Promise.all(ISLANDS.map(readRows))).flat()
}
