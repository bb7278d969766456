import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'
import { openCore } from '../../src/store/core.ts'
import { OTHER } from './fixtures.ts'

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url))

/** Kills the child after so many acknowledgements; returns those that were heard */
async function runUntilKilled (file: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const heard: string[] = []

  for await (const line of readline.createInterface({ input: child.stdout })) {
    heard.push(line)

    if (heard.length === count) {
      child.kill('SIGKILL')
    }
  }

  const [, signal] = await exit
  expect(signal).to.equal('SIGKILL')

  return heard
}

describe('store after SIGKILL', () => {
  it('has everything that was acknowledged, cycle after cycle', async function () {
    this.timeout(60_000)
    const dir = await mkdtemp(path.join(os.tmpdir(), 'beam-store-'))
    const file = path.join(dir, 'beam.sqlite')
    const all: string[] = []

    for (const count of [1, 300, 700, 1_100]) {
      all.push(...await runUntilKilled(file, count))
      const core = openCore({ path: file })

      for (const line of all) {
        const [what, id] = line.split(' ')

        // the last line may have been cut by the kill
        if (id?.length !== (what === 'task' || what === 'result' ? 36 : 32)) {
          continue
        }

        if (what === 'task') {
          expect(core.findTasks({ id }), line).to.have.lengthOf(1)
        } else if (what === 'received') {
          expect(core.findReceived({ envelopeId: Buffer.from(id, 'hex') }), line).to.include({ outcome: 0 })
        } else if (what === 'result') {
          expect(core.getResult({ task: { creator: OTHER, id }, from: 'worker.s1.net' }), line).to.include({ status: 'succeeded' })
        } else {
          expect(core.readOutbox({ envelopeId: Buffer.from(id, 'hex') }), line).to.be.undefined()
          expect(core.settleDelivery({ envelopeId: Buffer.from(id, 'hex'), site: OTHER, hash: new Uint8Array(32), outcome: 'delivered', now: 0 }), line).to.deep.equal({ kind: 'unknown' })
        }
      }

      core.close()
    }

    expect(all.length).to.be.at.least(2_101)
    await rm(dir, { recursive: true })
  })
})
