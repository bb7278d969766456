import type { LookUp } from './look-ups.ts'
import type { Idle } from './measure.ts'
import type { Modelled, ModelInit, Units } from './model.ts'

/** Kinds that are less than this share of the bytes are one row, per cent */
const SMALL = 1

export function renderLookUps (all: LookUp[]): string {
  return table(['look-up', 'of', 'missed', 'p50 ms', 'p95 ms', 'longest ms', 'CPU ms', 'load'], all.map(({ name, count, missed, p50, p95, longest, cpu, load }) => [name, `${count}`, `${missed}`, ...[p50, p95, longest, cpu, load].map(value => value.toFixed(1))]))
}

/** In an hour, of an average site */
export function renderIdle ({ sites, servers, minutes, kinds, reasons, dials, links, wire, cpu }: Idle): string {
  const bytes = kinds.reduce((sum, one) => sum + one.bytes, 0)
  const shown = kinds.filter(one => one.bytes >= bytes * SMALL / 100)
  const rest = kinds.filter(one => !shown.includes(one))
  const row = (name: string, messages: number, bytes: number): string[] => [name, messages.toFixed(0), kib(bytes)]

  return `${sites} sites, ${servers} of them can be dialled, idle for ${minutes} min; what a site sends in an hour, on average; as much comes to it
${links[0].toFixed(1)} links a site at the beginning, ${links[1].toFixed(1)} at the end; ${dials.toFixed(1)} connections opened; ${cpu.toFixed(2)} % of a core; questions of the DHT: ${Object.entries(reasons).map(([reason, count]) => `${reason} ${count.toFixed(0)}`).join(', ')}
${table(['', 'messages', 'KiB'], [
    ...shown.map(one => row(one.kind, one.messages, one.bytes)),
    ...rest.length === 0 ? [] : [row(`all else: ${rest.map(({ kind }) => kind).join('; ')}`, rest.reduce((sum, one) => sum + one.messages, 0), rest.reduce((sum, one) => sum + one.bytes, 0))],
    ['on the wire, as packets, with all headers and acknowledgements', wire.packets.toFixed(0), kib(wire.bytes)]
  ])}`
}

export function renderModel ({ sites, servers, maxLinks, seed, units, client, server }: ModelInit & { units: Units, client: Modelled, server: Modelled }): string {
  const row = (name: string, { links, mostLinks, questions, dials, packets, bytes }: Modelled): string[] => [name, `${links.toFixed(0)} (${mostLinks})`, questions.toFixed(0), dials.toFixed(0), packets.toFixed(0), kib(bytes)]

  return `computed, not measured: ${sites} sites, ${servers} can be dialled, at most ${maxLinks} links without a reason, seed ${seed}; from ${Object.entries(units).map(([name, value]) => `${name} ${(value as number).toFixed(1)}`).join(', ')}
${table(['a site that', 'links (most)', 'questions', 'connections opened', 'packets', 'KiB'], [row('only dials out', client), row('can be dialled', server)])}`
}

function kib (bytes: number): string {
  return (bytes / 1_024).toFixed(0)
}

function table (head: string[], rows: string[][]): string {
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map(row => row[column].length)))

  return [head, widths.map(width => '-'.repeat(width)), ...rows].map(cells => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`).join('\n')
}
