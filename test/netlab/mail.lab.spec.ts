import { expect } from 'aegir/chai'
import { answer, ask, eventually, todo } from '../faults/disk/kit.ts'
import { describeLab, open, outboundOnly, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'
import type { MailboxFigures } from '../../src/mailbox/index.ts'
import type { Client } from '../faults/client.ts'

/**
 * ```
 *  north ── outbound-only ──┐            ┌── open ── relay, holds the authority key
 *                           ├─ internet ─┼── open ── keep1
 *  south ── outbound-only ──┘            └── open ── keep2
 * ```
 *
 * North and south are never on at the same time. What is sent to a site that is off is left
 * with keepers after a second, not after half a minute.
 */
describeLab('mail between two hospitals of which one is always off', function () {
  this.timeout(120_000)

  const net = useLab({
    hosts: {
      relay: { firewall: open() },
      keep1: { firewall: open() },
      keep2: { firewall: open() },
      north: { firewall: outboundOnly() },
      south: { firewall: outboundOnly() }
    }
  })
  let hub: LabDaemon
  let keepers: LabDaemon[]
  let north: LabDaemon
  let south: LabDaemon
  let asker: Client
  let worker: Client
  /** Of the task that is answered */
  let id: string

  before(async () => {
    const { relay, ...hosts } = net().hosts
    hub = await relay.daemon({ network: 'study.example' })
    const keeps = { 'mailbox.enabled': 'yes' }
    const sends = { 'mailbox.after': '1s' }
    const joined = await Promise.all([
      ...[hosts.keep1, hosts.keep2].map(async host => host.daemon({ invitedBy: hub, config: keeps })),
      ...[hosts.north, hosts.south].map(async host => host.daemon({ invitedBy: hub, config: sends }))
    ])
    keepers = joined.slice(0, 2)
    ;[north, south] = joined.slice(2)
    asker = await north.client('ask')
    worker = await south.client('work')
    await eventually('all links', async () => (await Promise.all([hub, ...joined].map(async ({ operator }) => operator.status()))).every(({ peers }) => peers.up.length === 4))
  })

  const mailOf = async ({ operator }: LabDaemon): Promise<MailboxFigures> => (await operator.status()).mail as MailboxFigures
  const kept = async (): Promise<number[]> => Promise.all(keepers.map(async keeper => (await mailOf(keeper)).envelopes))
  const bothKeep = async (envelopes: number): Promise<void> => eventually(`both keepers have ${envelopes}`, async () => (await kept()).every(count => count === envelopes))
  /** Asked while south is off, left with both keepers; then north is off too */
  async function mailed (): Promise<string> {
    const { id, reply } = await ask(asker, [worker.app])
    expect(reply?.status).to.equal(201)
    await bothKeep(1)
    await north.kill('SIGTERM')

    return id
  }

  it('a task arrives when its sender is off, though one of its keepers was killed before', async () => {
    await south.kill('SIGTERM')
    id = await mailed()
    await keepers[0].kill('SIGKILL')

    await south.start()
    await eventually('the task', async () => (await todo(worker, '&wait_count=1&wait_time=2s')).includes(id))
    expect(await mailOf(south)).to.include({ collected: 1 })
  })

  it('the one that was killed has lost nothing: its copy is collected too, and is one too many', async () => {
    await keepers[0].start()
    await bothKeep(0)
    expect(await mailOf(keepers[0])).to.include({ acknowledged: 1 })
    expect(await todo(worker)).to.deep.equal([id])
  })

  it('the answer waits until the sender is back', async () => {
    expect((await answer(worker, id, asker.app))?.status).to.equal(201)
    await bothKeep(1)
    await south.kill('SIGTERM')

    await north.start()
    await eventually('the answer', async () => (await asker.call('GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=5s`))?.text.includes('"answer"') === true)
    await bothKeep(0)
    expect((await mailOf(north)).lies).to.deep.equal({})
  })

  it('what a site left that is revoked before its recipient returns, no app sees', async () => {
    const refused = await mailed()

    // not even the keepers know of it when the recipient does
    await Promise.all(keepers.map(async keeper => keeper.kill('SIGSTOP')))
    await hub.operator.revoke({ site: north.id, reason: 'left the study' })
    await south.start()
    await eventually('south hears of it', async () => (await south.operator.members()).some(({ site, standing }) => site === north.id && standing === 'revoked'))
    await Promise.all(keepers.map(async keeper => keeper.kill('SIGCONT')))
    await bothKeep(0)
    expect(await mailOf(south)).to.include({ collected: 0 })
    expect(await todo(worker)).to.not.include(refused)
  })

  it('and nothing came in at either', async () => {
    for (const host of [net().hosts.north, net().hosts.south]) {
      expect(await host.accepted(), host.name).to.equal(0)
      expect((await host.bytes()).in, host.name).to.be.above(1_000)
    }

    expect(await net().hosts.keep1.accepted()).to.be.above(1)
  })
})
