/**
 * Run by hand: `node test/envelope/speed.ts`. What one envelope costs, in
 * microseconds of CPU (both threads of a pool thread's hand-over included) and of
 * wall time with 64 at a time.
 */
import { randomBytes } from 'node:crypto'
import { createSigner, ed25519FromRaw, verifyEd25519 } from '../../src/core/ed25519.ts'
import { decodeSmall, encodeSmall } from '../../src/envelope/decode.ts'
import { signReceipts, verifyReceipts } from '../../src/envelope/receipts.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import { alpha, bytesOf, checkAt, componentsAt, beta, fill, NETWORK, NOW, readerOf, taskInner, taskInput } from './fixture.ts'
import type { ReceiptView } from '../../src/envelope/index.ts'

const ROUNDS = 6_000
const AT_ONCE = 64

const pooledSeal = createSeal({ signer: createSigner({ siteId: alpha.siteId, privateKey: ed25519FromRaw(fill(1)) }) })
const syncSeal = createSeal({ signer: alpha.signer })

async function measure (name: string, rounds: number, run: () => Promise<unknown>): Promise<void> {
  const loop = async (left: { n: number }): Promise<void> => {
    while (left.n-- > 0) {
      await run()
    }
  }

  await loop({ n: rounds / 10 })
  const wall = process.hrtime.bigint()
  const cpu = process.cpuUsage()
  const left = { n: rounds }
  await Promise.all(Array.from({ length: AT_ONCE }, async () => loop(left)))
  const { user, system } = process.cpuUsage(cpu)
  const us = Number(process.hrtime.bigint() - wall) / 1_000 / rounds
  process.stdout.write(`${name.padEnd(34)} ${((user + system) / rounds).toFixed(0).padStart(6)} us CPU ${us.toFixed(0).padStart(6)} us wall\n`)
}

for (const size of [0, 1_024, 16_384, 100_000]) {
  const body = bytesOf(size)
  const inner = taskInner(body)
  const seed = randomBytes(32)
  const input = { ...taskInput(body), inner, body: readerOf(body), seed }
  const rounds = size > 20_000 ? ROUNDS / 4 : ROUNDS
  const sealAll = async (seal: typeof pooledSeal): Promise<Uint8Array> => {
    const sealed = await seal(input)
    return encodeSmall(sealed.head, await sealed.chunk(0))
  }
  const bytes = await sealAll(pooledSeal)

  await measure(`seal ${size} B`, rounds, async () => sealAll(pooledSeal))
  await measure(`seal ${size} B, synchronous`, rounds, async () => sealAll(syncSeal))

  for (const [kind, check] of [['', checkAt(beta, { verify: verifyEd25519 })], [', synchronous', checkAt(beta)]] as const) {
    await measure(`decode, check, open ${size} B${kind}`, rounds, async () => check.small(decodeSmall(bytes), { via: alpha.siteId, now: NOW }))
  }
}

const receipts: ReceiptView[] = Array.from({ length: AT_ONCE }, () => ({ id: randomBytes(16), hash: randomBytes(32), outcome: 'stored', reason: '' }))
const signer = createSigner({ siteId: beta.siteId, privateKey: ed25519FromRaw(fill(2)) })
const batch = { network: NETWORK, to: alpha.siteId, at: NOW, receipts }
const signed = await signReceipts(signer, batch)
const components = componentsAt(alpha, { verify: verifyEd25519 })

await measure(`sign ${AT_ONCE} receipts`, ROUNDS, async () => signReceipts(signer, batch))
await measure(`verify ${AT_ONCE} receipts`, ROUNDS, async () => verifyReceipts(signed, components, { via: beta.siteId, now: NOW }))

const large = bytesOf(16_777_216)
const input = { ...taskInput(large), inner: taskInner(large) }
await measure('seal 16 MiB in 65 chunks', 20, async () => {
  const sealed = await pooledSeal(input)

  for (let i = 0; i < sealed.chunks; i++) {
    await sealed.chunk(i)
  }
})
