import { expect } from 'aegir/chai'
import { answer, ask, eventually, todo } from '../faults/disk/kit.ts'
import { describeLab, only443, open, outboundOnly, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'

/**
 * ```
 *  strict ── only-443 ───────────┐            ┌── outbound-only, NAT ── home
 *                                ├─ internet ─┤
 *  relay ── open, listens on 443 ┘            └── outbound-only, NAT ── flat
 * ```
 */
describeLab('a site that may only go to port 443, and two behind NAT', function () {
  this.timeout(120_000)

  const net = useLab({
    hosts: {
      relay: { firewall: open() },
      strict: { firewall: only443() },
      home: { firewall: outboundOnly(), nat: true },
      flat: { firewall: outboundOnly(), nat: true }
    }
  })
  let sites: LabDaemon[]

  before(async () => {
    const { relay, strict, home, flat } = net().hosts
    const hub = await relay.daemon({ network: 'study.example', config: { 'network.listen': ['/ip4/0.0.0.0/tcp/443'] } })

    sites = await Promise.all([strict, home, flat].map(async host => host.daemon({ invitedBy: hub })))
  })

  it('are members like any other: each asks the next and is answered', async () => {
    await Promise.all(sites.map(async (from, index) => {
      const to = sites[(index + 1) % sites.length]
      const [asker, worker] = [await from.client('ask'), await to.client('work')]
      const task = await ask(asker, [worker.app])

      expect(task.reply?.status).to.equal(201)
      await eventually(`a task of ${from.id} at ${to.id}`, async () => (await todo(worker, '&wait_count=1&wait_time=2s')).includes(task.id))
      expect((await answer(worker, task.id, asker.app))?.status).to.equal(201)

      const results = await asker.call('GET', `/v1/tasks/${task.id}/results?wait_count=1&wait_time=20s`)
      expect(JSON.parse(results?.text ?? '[]'), from.id).to.have.nested.property('[0].body', 'answer')
    }))
  })

  it('and nothing came in, whatever they tried', async () => {
    for (const { host } of sites) {
      expect(await host.accepted(), host.name).to.equal(0)
    }
  })
})
