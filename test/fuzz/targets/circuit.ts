import assert from 'node:assert/strict'
import { checkPass, passSigningInput } from '../../../src/membership/enroll/pass.ts'
import { CircuitEnvelope, CircuitVoucher, HopMessage, StopMessage } from '../../../src/network/relay/pb/circuit.ts'
import { addressOf, peerOf } from '../../../src/network/relay/read.ts'
import { bytes } from '../../../src/network/relay/voucher.ts'
import { hex, stable, texts, vectors } from './support.ts'
import type { Target } from './index.ts'

const known = vectors('circuit')
const PEER = known.pass.peer
const yes = async (): Promise<boolean> => true

type Part = (data: Uint8Array) => void | Promise<void>

function peer (id: Uint8Array | undefined): void {
  const found = peerOf(id)

  // who is named by some bytes is named by those that we write, too
  assert.ok(found == null || peerOf(bytes(found))?.toString() === found.toString())
}

const PARTS: Part[] = [
  async (data) => {
    const message = stable(HopMessage, data)
    peer(message?.peer?.id)
    message?.reservation?.addrs.slice(0, 8).forEach(addressOf)

    if (message?.pass != null && await checkPass(message.pass, { genesis: new Uint8Array(32), peer: PEER, key: new Uint8Array(32), now: 0, verify: yes })) {
      assert.equal(message.pass.ticket.byteLength, 16)
      passSigningInput({ genesis: new Uint8Array(32), peer: PEER, ...message.pass })
    }
  },
  (data) => { peer(stable(StopMessage, data)?.peer?.id) },
  (data) => { stable(CircuitVoucher, stable(CircuitEnvelope, data)?.payload ?? data) },
  (data) => {
    peer(data)
    addressOf(data)
  }
]

const seeds = [
  ...known.messages.map((message: any) => hex(message.bytes)),
  ...known.peers.map((entry: any) => hex(entry.multihash)),
  ...known.addresses.map((entry: any) => hex(entry.bytes)),
  hex(known.voucher.bytes),
  hex(known.pass.connect)
]

/** What a relay and its clients say before a circuit stands. First byte: which of it the rest is */
export const circuit: Target = {
  seeds: seeds.flatMap(seed => PARTS.map((_, i) => Buffer.concat([Uint8Array.of(i), seed]))),
  dictionary: [...texts('/p2p-circuit', 'localhost'), hex(known.peers[0].multihash), hex(known.addresses[0].bytes), Uint8Array.of(0xca, 0x3e)],
  // the longest message
  maxLength: 4_096,
  run: async (data) => PARTS[(data[0] ?? 0) % PARTS.length](data.subarray(1))
}
