import { writeFileSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { freePorts } from '../../src/lab/ports.ts'
import { beam, startDaemon, until, useTemporaryDirectory } from '../cli/support.ts'
import { createClient } from './client.ts'
import { ask, KEY, todo } from './disk/kit.ts'
import type { Client } from './client.ts'
import type { Daemon } from '../cli/support.ts'

const DAY = 86_400_000
const SHIFT = new URL('clock-shift.js', import.meta.url).href
const ONE = 'one.hub.study.example'
const TWO = 'two.hub.study.example'
const FAR = 'far.north.study.example'

/** Two real daemons; the clock of the first, and of it alone, is set by a file */
describe('a clock that is set back by a day', function () {
  this.timeout(120_000)

  const path = useTemporaryDirectory()
  let hub: Daemon
  let north: Daemon

  const setClock = (shift: number): void => { writeFileSync(path('shift'), String(shift)) }
  const startHub = async (): Promise<Daemon> => startDaemon(path('hub'), [], { APP_one_KEY: KEY, APP_two_KEY: KEY, NODE_OPTIONS: `--import=${SHIFT}`, CLOCK_SHIFT_FILE: path('shift') })
  const client = (app: string): Client => createClient((app === FAR ? north : hub).facts.api, app, KEY)
  const readiness = async (): Promise<string> => {
    const response = await fetch(`${hub.facts.api}/v1/ready`)

    return `${response.status} ${await response.text()}`
  }

  before(async () => {
    setClock(0)
    // it must be found again after its restart
    const [port] = await freePorts(1)
    await beam(['init', '--network', 'study.example', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('hub.key'), '--listen', `/ip4/127.0.0.1/tcp/${port}`, '--api-port', '0'])
    hub = await startHub()
    const invited = await beam(['invite', '--site', 'north', '--json', '--dir', path('hub')])
    const joined = await beam(['join', invited.json().ticket, '--dir', path('north'), '--api-port', '0'])
    expect(joined.code, joined.stderr).to.equal(0)
    north = await startDaemon(path('north'), ['--api-port', '0'], { APP_far_KEY: KEY })
  })

  after(async () => {
    for (const daemon of [hub, north]) {
      daemon?.child.kill('SIGTERM')
      await daemon?.ended
    }
  })

  it('accepts nothing, revives nothing, also after a restart; others keep what they sent; with the right clock it goes on', async () => {
    // one that stays and one that expires, here and at the other site
    const lasting = await ask(client(FAR), [TWO])
    const short = [await ask(client(ONE), [TWO], { ttl: '1s' }), await ask(client(FAR), [TWO], { ttl: '1s' })]
    expect([lasting, ...short].map(({ reply }) => reply?.status)).to.deep.equal([201, 201, 201])
    await until(async () => (await todo(client(TWO))).includes(lasting.id) ? true : undefined)
    await until(async () => (await todo(client(TWO))).length === 1 ? true : undefined)

    const accepted: string[] = []

    for (const life of ['running', 'started again']) {
      if (life === 'running') {
        // the mark on disk knows the present before it is taken away
        await new Promise(resolve => setTimeout(resolve, 6_000))
        setClock(-DAY)
      } else {
        hub.child.kill('SIGKILL')
        await hub.ended
        hub = await startHub()
      }

      await until(async () => (await readiness()).startsWith('503') ? true : undefined)
      expect(await readiness(), life).to.match(/behind what it showed before/)

      const here = await ask(client(ONE), [TWO])
      expect(here.reply?.status, life).to.equal(503)
      expect(here.reply?.text, life).to.match(/the clock of this machine is 86\d{3} s behind/)

      const sent = await ask(client(FAR), [TWO])
      expect(sent.reply?.status, life).to.equal(201)
      accepted.push(sent.id)
      await new Promise(resolve => setTimeout(resolve, 2_000))
      expect(await todo(client(TWO)), life).to.deep.equal([lasting.id])
      expect((await client(ONE).call('GET', `/v1/tasks/${short[0].id}`))?.status, life).to.equal(404)
      expect((await beam(['status', '--json', '--dir', path('hub')])).stdout, life).to.match(/behind what it showed before/)
    }

    setClock(0)
    await until(async () => (await readiness()).startsWith('200') ? true : undefined)
    const after = await ask(client(ONE), [TWO])
    expect(after.reply?.status).to.equal(201)
    await until(async () => await includesAll([lasting.id, after.id, ...accepted]) ? true : undefined, 60_000)
    // nothing else: not what expired, not what was refused
    expect(await todo(client(TWO))).to.have.members([lasting.id, after.id, ...accepted])
  })

  async function includesAll (ids: string[]): Promise<boolean> {
    const there = await todo(client(TWO))

    return ids.every(id => there.includes(id))
  }
})
