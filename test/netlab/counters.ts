import { must } from './command.ts'

/** Packets and bytes of each named counter of a gateway */
export type Counters = Map<string, { packets: number, bytes: number }>

export async function readCounters (gateway: string): Promise<Counters> {
  const { nftables } = JSON.parse(await must('ip', ['netns', 'exec', gateway, 'nft', '--json', 'list', 'counters'])) as { nftables: Array<{ counter?: { name: string, packets: number, bytes: number } }> }

  return new Map(nftables.flatMap(({ counter }) => counter == null ? [] : [[counter.name, counter]]))
}
