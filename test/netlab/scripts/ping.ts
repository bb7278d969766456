/**
 * Sends numbered datagrams to an echo server and prints what came back, as JSON.
 *
 * node ping.ts ADDRESS PORT COUNT
 */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Pings {
  /** Numbers in the order in which they came */
  order: number[]
  /** Median time there and back, ms; 0 if none came */
  median: number
}

/** Between two datagrams, and after the last, ms */
const EVERY = 5
const LAST = 600

const [address, port, count] = process.argv.slice(2)
const socket = createSocket('udp4')
const sent: number[] = []
const order: number[] = []
const times: number[] = []

socket.on('message', message => {
  const number = message.readUInt32BE()

  order.push(number)
  times.push(performance.now() - sent[number])
})
socket.connect(Number(port), address, () => { void ping() })

async function ping (): Promise<void> {
  for (let number = 0; number < Number(count); number++) {
    const message = Buffer.alloc(100)

    message.writeUInt32BE(number)
    sent.push(performance.now())
    socket.send(message)
    await sleep(EVERY)
  }

  await sleep(LAST)
  times.sort((a, b) => a - b)
  const pings: Pings = { order, median: times[times.length >> 1] ?? 0 }
  process.stdout.write(JSON.stringify(pings))
  socket.close()
}
