import { generateKeyPair } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { Libp2p, PrivateKey, Stream } from '@libp2p/interface'

/** A peer with a valid Noise handshake that is on no roster */
export async function outsider (privateKey?: PrivateKey): Promise<Libp2p> {
  return createLibp2p({
    privateKey: privateKey ?? await generateKeyPair('Ed25519'),
    addresses: { listen: [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }
  })
}

/** All bytes that the other side sends until it ends the stream, or for `ms` */
export async function bytesOf (stream: Stream, ms: number): Promise<number> {
  let bytes = 0

  stream.addEventListener('message', ({ data }) => { bytes += data.byteLength })
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    stream.addEventListener('close', () => {
      clearTimeout(timer)
      resolve()
    })

    if (stream.status !== 'open') {
      clearTimeout(timer)
      resolve()
    }
  })

  return bytes
}
