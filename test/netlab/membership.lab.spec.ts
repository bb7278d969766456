import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'
import { ask, eventually, todo } from '../faults/disk/kit.ts'
import { describeLab, open, outboundOnly, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'
import type { MemberView } from '../../src/control/index.ts'

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

/** What changes is known to every connected member within this, ms: issued at a site that nobody can dial, to sites that nobody can dial */
const PROMISE = 5_000

/**
 * ```
 *  office (authority) ─ outbound-only ─┐
 *  south ────────────── outbound-only ─┼─ internet ── hub (open, relays)
 *  clinic (newcomer) ── outbound-only ─┘
 * ```
 */
describeLab('a membership that lives where nobody but a relay can be dialled', function () {
  this.timeout(120_000)

  const net = useLab({
    hosts: {
      hub: { firewall: open() },
      office: { firewall: outboundOnly() },
      south: { firewall: outboundOnly() },
      clinic: { firewall: outboundOnly() }
    }
  })
  let hub: LabDaemon
  let office: LabDaemon
  let south: LabDaemon
  let clinic: LabDaemon

  const member = async (at: LabDaemon, { id }: Pick<LabDaemon, 'id'>): Promise<MemberView | undefined> => (await at.operator.members()).find(({ site }) => site === id)

  /** Until all of these say so, counted from `begin`: prints how long it took, and holds it to the promise */
  const within = async (what: string, begin: number, sites: LabDaemon[], holds: (site: LabDaemon) => Promise<boolean>): Promise<void> => {
    await Promise.all(sites.map(async site => {
      while (!await holds(site)) {
        expect(performance.now() - begin, `${what}, at ${site.id}`).to.be.below(PROMISE)
        await sleep(20)
      }
    }))
    process.stdout.write(`      ${what}: known to ${sites.length} members over relays after ${Math.round(performance.now() - begin)} ms\n`)
  }

  const linked = async (one: LabDaemon, ...others: LabDaemon[]): Promise<void> => {
    await eventually(`links of ${one.id}`, async () => {
      const { peers } = await one.operator.status()

      return others.every(({ id }) => peers.up.includes(id))
    })
  }

  before(async () => {
    const hosts = net().hosts
    hub = await hosts.hub.daemon({ network: 'study.example' })
    ;[office, south] = await Promise.all([hosts.office, hosts.south].map(async host => host.daemon({ invitedBy: hub })))
    // the authority moves to where nobody can dial it
    await office.operator.recover({ recoveryKey: readFileSync(join(hosts.hub.directory, 'recovery.key'), 'utf8') })
    await office.kill('SIGTERM')
  })

  it('a newcomer that nobody can dial either joins while the authority is off: join says so, is killed, goes on, waits, and is admitted through the relay', async () => {
    await office.start()
    await linked(office, hub, south)
    await eventually('a reservation of the authority', async () => (await office.operator.status()).addresses.length > 0)
    const { ticket } = await office.operator.invite({ site: 'clinic', capabilities: ['*'] })
    await office.kill('SIGKILL')

    const host = net().hosts.clinic
    const dir = join(host.directory, 'beam-node')
    const begin = (): ReturnType<typeof host.spawn> => host.spawn(process.execPath, [BIN, 'join', ticket, '--wait', '--dir', dir])
    const killed = begin()
    await eventually('join says that the authority is off', async () => /the inviting site is off.*\nwaiting for it until \d{4}-/.test(killed.output()))
    killed.kill('SIGKILL')
    await killed.ended

    const again = begin()
    await eventually('join waits again', async () => again.output().includes('waiting for it until'))
    await office.start()
    await eventually('the authority admits it', async () => await member(office, { id: 'clinic.study.example' }) != null)
    await within('a new member', performance.now(), [hub, south], async site => (await member(site, { id: 'clinic.study.example' }))?.standing === 'member')
    expect(await again.ended, again.output()).to.equal(0)

    clinic = await host.daemon({})
    await linked(clinic, office, south)
    expect((await member(south, clinic))?.admittedBy.site).to.equal(office.id)
  })

  it('a renewal and a rotation of the authority reach every connected member', async () => {
    let begin = performance.now()
    const renewed = await office.operator.renew({ site: south.id })
    await within('a renewal', begin, [hub, south, clinic], async site => (await member(site, south))?.notAfter === renewed.until)
    begin = performance.now()
    const { roster } = await office.operator.rotateAuthority()
    await within('a rotation of the authority', begin, [hub, south, clinic], async ({ operator }) => (await operator.status()).roster.hash === roster.hash)
  })

  it('so does a revocation, and the site itself, which says by whom, when and why', async () => {
    await linked(south, office, clinic)
    const begin = performance.now()
    await office.operator.revoke({ site: south.id, reason: 'laptop was stolen' })
    await within('a revocation', begin, [hub, clinic], async site => (await member(site, south))?.standing === 'revoked' && !(await site.operator.status()).peers.up.includes(south.id))
    await within('the same, by the revoked site itself', begin, [south], async ({ operator }) => (await operator.status()).admission.standing === 'revoked')

    const plain = /^south\.study\.example was revoked on \d{4}-\S+ by the authority of the network at office\.study\.example \("laptop was stolen"\): it takes no part/
    const { reasons, peers, admission } = await south.operator.status()
    expect(peers.up).to.deep.equal([])
    expect(admission).to.deep.include({ standing: 'revoked', reason: 'laptop was stolen' }).and.have.nested.property('by.site', office.id)
    expect(reasons.join()).to.match(plain)
    const ready = await fetch(`${south.api}/v1/ready`)
    expect(ready.status).to.equal(503)
    expect((await ready.json() as { reasons: string[] }).reasons.join()).to.match(plain)
    expect(south.log().split('\n').some(line => line !== '' && plain.test(JSON.parse(line).msg))).to.equal(true)
  })

  it('a site that was revoked while it was off learns it before anything else is exchanged, and all refuse what it had queued', async () => {
    const asker = await clinic.client('ask')
    const workers = await Promise.all([hub, office].map(async site => site.client('work')))
    await clinic.host.silence()
    const queued = await ask(asker, workers.map(({ app }) => app))
    expect(queued.reply?.status).to.equal(201)
    await clinic.kill('SIGKILL')
    await clinic.host.speak()
    await office.operator.revoke({ site: clinic.id, reason: 'closed' })
    await clinic.start()

    await eventually('clinic knows', async () => (await clinic.operator.status()).admission.standing === 'revoked')
    expect((await clinic.operator.status()).reasons.join()).to.match(/clinic\.study\.example was revoked on \S+ by the authority of the network at office\.study\.example \("closed"\)/)
    await sleep(1_500)
    expect(await Promise.all(workers.map(async worker => todo(worker)))).to.deep.equal([[], []])
    expect((await clinic.operator.outbox({})).map(({ site }) => site).sort()).to.deep.equal([hub.id, office.id].sort())
    expect((await clinic.operator.status()).peers.up).to.deep.equal([])
    // and no new work is taken there
    expect((await ask(asker, [workers[0].app])).reply?.status).to.equal(503)
  })

  it('and nothing came in at any of them', async () => {
    for (const host of [net().hosts.office, net().hosts.south, net().hosts.clinic]) {
      expect(await host.accepted(), host.name).to.equal(0)
    }
  })
})
