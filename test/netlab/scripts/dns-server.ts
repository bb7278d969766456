/**
 * Answers questions for A records over UDP; each of several addresses has manners of its own.
 *
 * node dns-server.ts '[{"address":"11.7.0.240","kind":"names","names":{"relay.example":"11.7.1.17"}}]'
 */
import { createSocket } from 'node:dgram'

export interface DnsServer {
  address: string
  kind: 'names' | 'lies' | 'silent' | 'refuses'
  names: Record<string, string>
}

const HEADER = 12
const A = 1
const NXDOMAIN = 3
const SERVFAIL = 2

/** s */
const TTL = 1

/** Question name and where the question ends */
function question (message: Buffer): { name: string, type: number, end: number } {
  const labels: string[] = []
  let at = HEADER

  while (message[at] !== 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]))
    at += 1 + message[at]
  }

  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

function reply (message: Buffer, { kind, names }: DnsServer): Buffer {
  const { name, type, end } = question(message)
  const address = names[name]
  const known = address == null ? NXDOMAIN : 0
  const code = kind === 'refuses' ? SERVFAIL : known
  const answers = code === 0 && type === A ? 1 : 0
  const head = Buffer.from(message.subarray(0, end))

  // a reply with recursion; one question, no other records of the asker's
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(answers, 6)
  head.writeUInt32BE(0, 8)

  if (answers === 0) {
    return head
  }

  const record = Buffer.alloc(16)
  record.writeUInt16BE(0xc000 | HEADER, 0)
  record.writeUInt16BE(A, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(TTL, 6)
  record.writeUInt16BE(4, 10)
  record.set(address.split('.').map(Number), 12)

  return Buffer.concat([head, record])
}

const servers = JSON.parse(process.argv[2]) as DnsServer[]

await Promise.all(servers.map(async server => {
  const socket = createSocket('udp4')

  socket.on('message', (message, { address, port }) => {
    process.stdout.write(`${server.kind} ${question(message).name}\n`)

    if (server.kind !== 'silent') {
      socket.send(reply(message, server), port, address)
    }
  })

  await new Promise<void>(resolve => { socket.bind(53, server.address, resolve) })
}))
process.stdout.write('listening\n')
