import { createHash } from 'node:crypto'
import { encodeSmall } from '../../../src/envelope/decode.ts'
import { TASK } from '../../../src/envelope/inner.ts'
import { createSeal } from '../../../src/envelope/seal.ts'
import { NETWORK } from './world.ts'
import type { World } from './world.ts'
import type { InnerInput, SealedEnvelope } from '../../../src/envelope/index.ts'

export interface Forged {
  /** Whose key signs. @default from */
  signer?: string
  from: string
  to: string
  /** Whose encryption key it is sealed for. @default to */
  sealedFor?: string
  network?: string
  id?: Uint8Array
  expires?: number
  inner?: InnerInput
  body?: string
}

/** An envelope made by hand, with whatever its maker could have made it with */
export async function seal (world: World, forged: Forged): Promise<SealedEnvelope> {
  const { from, to, network = NETWORK, body = 'forged' } = forged
  const bytes = Buffer.from(body)
  const expires = forged.expires ?? world.clock.now() + 600_000
  const { signer } = world.membership.of(forged.signer ?? from)
  const recipient = world.membership.of(to).records.encryptionKey(forged.sealedFor ?? to)

  if (recipient == null) {
    throw new Error(`no key of ${to}`)
  }

  const inner: InnerInput = {
    kind: TASK,
    from: `app.${from}`,
    to: [`worker.${to}`],
    taskId: world.random.uuid(),
    creator: from,
    metadata: 'null',
    ttl: '10m',
    failureStrategy: '"discard"',
    created: expires - 600_000,
    expires,
    bodySize: bytes.byteLength,
    bodySha256: createHash('sha256').update(bytes).digest(),
    ...forged.inner
  }

  return createSeal({ signer: { ...signer, siteId: from } })({
    network,
    id: forged.id ?? world.random.bytes(16),
    from,
    to,
    expires,
    seed: world.random.bytes(32),
    recipient,
    inner,
    body: async (offset, length) => bytes.subarray(offset, offset + length)
  })
}

export async function small (world: World, forged: Forged): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = await seal(world, forged)

  return encodeSmall(sealed.head, await sealed.chunk(0))
}
