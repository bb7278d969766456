import { SeededRandom } from '../../simulation/kit/seeded-random.ts'
import type { Idle } from './measure.ts'

/** Peers that a walk through the DHT asks, when there are so many: its bucket size */
const ASKED = 20

/** Walks of an idle site in an hour: to its neighbours every half hour, and for each name that it announces, its own and one capability, every 20 min */
const WALKS = 2 + 2 * 3

export interface ModelInit {
  sites: number
  /** Of them, can be dialled */
  servers: number
  maxLinks: number
  seed: number
}

/** In an hour, what one site sends, on average over its kind */
export interface Modelled {
  links: number
  mostLinks: number
  questions: number
  dials: number
  packets: number
  bytes: number
}

/** What one of each costs, read off a fleet that was measured */
export interface Units {
  /** Frames that one end of a link sends in an hour, and their bytes */
  frames: number
  frameBytes: number
  questionBytes: number
  /** Of an answer, for each server that it names */
  namedBytes: number
  /** Messages on streams for each question of the DHT: choosing the protocol, question and answer */
  messagesOfQuestion: number
  bytesOfChoosing: number
  /** Packets for each message, bytes of headers for each packet */
  packets: number
  headers: number
  /** Sent by one end while a connection is opened and closed again */
  dialBytes: number
  dialPackets: number
}

/** Undefined when it was counted for so short a time that nothing was asked of the DHT */
export function unitsOf (idle: Idle, dial: { packets: number, bytes: number }): Units | undefined {
  const of = (kind: string): { messages: number, bytes: number } => idle.kinds.find(one => one.kind === kind) ?? { messages: 0, bytes: 0 }
  const [ping, pong, question, answer, choosing] = ['link: ping', 'link: pong', 'DHT: FIND_NODE, question', 'DHT: FIND_NODE, answer', 'choosing the protocol of a new stream'].map(of)
  const links = (idle.links[0] + idle.links[1]) / 2
  const payload = idle.kinds.reduce((sum, { bytes }) => sum + bytes, 0)
  const messages = idle.kinds.reduce((sum, { messages }) => sum + messages, 0)
  const asked = Math.min(ASKED, idle.servers)

  if (question.messages === 0) {
    return
  }

  return {
    frames: (ping.messages + pong.messages) / links,
    frameBytes: (ping.bytes + pong.bytes) / (ping.messages + pong.messages),
    questionBytes: question.bytes / question.messages,
    // each names all servers but itself and who asked
    namedBytes: answer.bytes / answer.messages / Math.max(1, asked - 1),
    messagesOfQuestion: 2 + choosing.messages / question.messages,
    bytesOfChoosing: choosing.bytes / question.messages,
    packets: idle.wire.packets / messages,
    headers: (idle.wire.bytes - payload) / idle.wire.packets,
    dialBytes: dial.bytes,
    dialPackets: dial.packets
  }
}

/**
 * Who links whom by the rule of the connector: each site dials those that can be dialled,
 * in an order of its own, until it has its number of links; those that come to it count.
 * A walk asks the same neighbours each time; those without a link are dialled for it.
 */
export function model ({ sites, servers, maxLinks, seed }: ModelInit, units: Units): { client: Modelled, server: Modelled } {
  const random = new SeededRandom(seed)
  const links = Array.from({ length: sites }, () => new Set<number>())

  for (const site of random.sample(Array.from({ length: sites }, (_, index) => index), sites)) {
    for (const other of random.sample(Array.from({ length: servers }, (_, index) => index), servers)) {
      if (links[site].size >= maxLinks) {
        break
      }

      if (other !== site) {
        links[site].add(other)
        links[other].add(site)
      }
    }
  }

  const asked = Math.min(ASKED, servers)

  const cost = (from: number, to: number): Modelled => {
    const some = links.slice(from, to)
    const mean = some.reduce((sum, { size }) => sum + size, 0) / some.length
    // which servers are a site's neighbours has nothing to do with whom it has links to
    const linked = some.reduce((sum, own) => sum + [...own].filter(other => other < servers).length, 0) / some.length / servers
    const questions = WALKS * asked
    const dials = questions * (1 - Math.min(1, linked))
    const frames = units.frames * mean
    const messages = frames + questions * units.messagesOfQuestion
    const payload = frames * units.frameBytes + questions * (units.questionBytes + units.bytesOfChoosing + units.namedBytes * asked)
    const packets = messages * units.packets + dials * units.dialPackets

    return { links: mean, mostLinks: Math.max(...some.map(({ size }) => size)), questions, dials, packets, bytes: payload + messages * units.packets * units.headers + dials * units.dialBytes }
  }

  return { client: cost(servers, sites), server: cost(0, servers) }
}
