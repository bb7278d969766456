import { createHash } from 'node:crypto'
import { ed25519FromRaw, syncSigner, syncVerify } from '../../src/core/ed25519.ts'
import { keyId, x25519FromRaw } from '../../src/core/x25519.ts'
import { createCheck } from '../../src/envelope/check.ts'
import { encodeSmall } from '../../src/envelope/decode.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import type { SiteSigner } from '../../src/core/identity.ts'
import type { BodyReader, Check, EnvelopeComponents, InnerInput, SealedEnvelope, SealInput } from '../../src/envelope/index.ts'

/** Everything fixed, so that failures repeat */
export const NETWORK = 'broker.example'
export const NOW = 1_800_000_000_000
export const HOUR = 3_600_000

export interface Site {
  siteId: string
  signer: SiteSigner
  /** Newest last */
  encryption: Array<{ keyId: Uint8Array, publicKey: Uint8Array, privateKey: Uint8Array }>
}

export function createSite (name: string, number: number): Site {
  return {
    siteId: `${name}.${NETWORK}`,
    signer: syncSigner({ siteId: `${name}.${NETWORK}`, privateKey: ed25519FromRaw(fill(number)) }),
    encryption: [createKey(0x40 + number)]
  }
}

export function createKey (number: number): Site['encryption'][0] {
  const privateKey = fill(number)
  const { publicKey } = x25519FromRaw(privateKey)

  return { keyId: keyId(publicKey), publicKey, privateKey }
}

export function fill (byte: number, length: number = 32): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(byte)
}

export const alpha = createSite('alpha', 1)
export const beta = createSite('beta', 2)
export const gamma = createSite('gamma', 3)

/** The checks of a site that knows all three as members */
export function checkAt (self: Site, changes: Partial<EnvelopeComponents> = {}): Check {
  return createCheck(componentsAt(self, changes))
}

export function componentsAt (self: Site, changes: Partial<EnvelopeComponents> = {}): EnvelopeComponents {
  return {
    network: NETWORK,
    self: self.siteId,
    verify: syncVerify,
    signingKey: (site) => [alpha, beta, gamma].find(({ siteId }) => siteId === site)?.signer.publicKey,
    privateKey: (id) => self.encryption.find((key) => Buffer.compare(key.keyId, id) === 0)?.privateKey,
    ...changes
  }
}

export function bytesOf (length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)

  for (let i = 0; i < length; i++) {
    bytes[i] = i * 31 + (i >>> 8) * 7
  }

  return bytes
}

export function readerOf (body: Uint8Array): BodyReader {
  return async (offset, length) => body.subarray(offset, offset + length)
}

export function taskInner (body: Uint8Array, changes: InnerInput = {}): InnerInput {
  return {
    kind: 1,
    from: `app1.alpha.${NETWORK}`,
    to: [`app2.beta.${NETWORK}`, `app3.gamma.${NETWORK}`],
    taskId: '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8',
    creator: alpha.siteId,
    metadata: '{"secret":"only for members\' apps"}',
    ttl: '1h',
    failureStrategy: '"discard"',
    created: NOW,
    expires: NOW + HOUR,
    bodySize: body.byteLength,
    bodySha256: new Uint8Array(createHash('sha256').update(body).digest()),
    ...changes
  }
}

/** What beta answers to the task of `taskInner` */
export function resultInner (body: Uint8Array, changes: InnerInput = {}): InnerInput {
  return {
    kind: 2,
    from: `app2.beta.${NETWORK}`,
    to: [`app1.alpha.${NETWORK}`],
    taskId: '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8',
    creator: alpha.siteId,
    metadata: 'null',
    status: 'succeeded',
    incarnation: 1,
    revision: 2,
    answers: fill(9),
    bodySize: body.byteLength,
    bodySha256: new Uint8Array(createHash('sha256').update(body).digest()),
    ...changes
  }
}

/** A task of alpha for beta */
export function taskInput (body: Uint8Array, changes: Partial<SealInput> = {}): SealInput {
  return {
    network: NETWORK,
    id: fill(0xaa, 16),
    from: alpha.siteId,
    to: beta.siteId,
    expires: NOW + HOUR,
    seed: fill(0x5e),
    recipient: beta.encryption[0],
    inner: taskInner(body),
    body: readerOf(body),
    ...changes
  }
}

/** A result of beta for alpha */
export function resultInput (body: Uint8Array, changes: Partial<SealInput> = {}): SealInput {
  return taskInput(body, { from: beta.siteId, to: alpha.siteId, recipient: alpha.encryption[0], inner: resultInner(body), ...changes })
}

export const sealAsAlpha = createSeal({ signer: alpha.signer })
export const sealAsBeta = createSeal({ signer: beta.signer })
export const sealAsGamma = createSeal({ signer: gamma.signer })

export async function sealedTask (body: Uint8Array, changes: Partial<SealInput> = {}): Promise<SealedEnvelope> {
  return sealAsAlpha(taskInput(body, changes))
}

/** Encoded SmallEnvelope */
export async function smallTask (body: Uint8Array, changes: Partial<SealInput> = {}): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = await sealedTask(body, changes)

  return encodeSmall(sealed.head, await sealed.chunk(0))
}
